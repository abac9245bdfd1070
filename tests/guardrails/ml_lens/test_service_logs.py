"""LOG3."""

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.service_logs import RULE


def test_bodies_in_the_log_of_an_api_are_found(found_in):
    for traced, count in ((True, 1), (False, 0)):
        stage = one("AWS::ApiGateway::Stage", MethodSettings=[{"DataTraceEnabled": traced}])
        assert len(found_in(RULE, stage)) == count
