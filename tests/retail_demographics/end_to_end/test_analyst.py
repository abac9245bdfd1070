"""The policy for analysts in the docs is enough to ask the views, and has nothing to spare."""

import pytest

from fixtures.faces import draw_frame
from testing.person import Person

NAME = "analyst"
QUESTION = "SELECT count(*) AS hours FROM demographics_by_store_hour"


@pytest.fixture
def analyst(shop):
    person = Person(shop, NAME, stack="RetailDemographics")
    yield person
    person.leave()


def test_the_documented_policy_is_what_an_analyst_needs(calm, analyst):
    picture = draw_frame(5, faces=1, size=(320, 240), format="jpeg").image
    calm.send([("Analysts/door/frame.jpg", picture)])
    calm.settle()

    def work():
        assert "busiest_hours" in analyst.saved_queries()
        return analyst.ask(QUESTION)

    assert len(work()) == 1
    for place, statement in enumerate(analyst.statements):
        analyst.may([*analyst.statements[:place], *analyst.statements[place + 1 :]])
        with pytest.raises(Exception, match=r"(?i)not authorized") as denied:
            work()
        assert NAME in str(denied.value), statement["Sid"]
