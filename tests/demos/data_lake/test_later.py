"""The second delivery: what it corrects is there, what is late is of days before."""

from datetime import UTC, datetime, timedelta

from demos.data_lake.inputs import make_day
from demos.data_lake.later import closed_at, make_later

LEFT = datetime.now(UTC)


def test_corrections_take_the_place_of_what_was_delivered_before():
    day = make_day()
    later = make_later(day, LEFT)
    before = day.newest("retail_visits", "visit_id")
    after = day.with_later(later).newest("retail_visits", "visit_id")
    changed = [name for name in before if after[name] != before[name]]
    assert len(changed) > 50
    assert all(after[name]["seconds"] > before[name]["seconds"] for name in changed)
    assert before.keys() < after.keys()


def test_who_left_since_left_before_the_label_closes_and_after_the_lake_knew_of_the_day():
    leaving = next(file for file in make_later(make_day(), LEFT).files if "leaving" in file.key)
    good = [d.record for d in leaving.records if d.is_good]
    for record in good:
        entered = datetime.fromisoformat(record["entered_at"])
        ended = entered + timedelta(seconds=record["seconds"], milliseconds=1)
        assert ended >= LEFT
        assert ended + timedelta(minutes=1) <= closed_at(LEFT, 1) + timedelta(milliseconds=1)
