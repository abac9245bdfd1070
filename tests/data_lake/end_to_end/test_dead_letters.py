"""A file that could not be modeled waits, rings, and is there once when it is sent again."""

import re
from datetime import UTC, datetime

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits
from testing.page_commands import commands, typed

KEY = "retail_visits/patience.csv"


def test_dead_letters_ring_and_a_file_is_modeled_once_after_its_redrive(calm):
    lake = calm
    lake.redeliver_after(seconds=1)
    records = [Delivery(each.visit) for each in visits(3, datetime.now(UTC), seed=77)]
    content = b"".join(csv_lines(records, list(VISITS)))
    lake.sandbox.faults([{"action": "s3:GetObject", "code": "AccessDenied", "status": 403}])
    lake.drop(KEY, content)
    lake.wait_for(lambda: lake.dead_letters() == 1)
    lake.wait_for(lambda: "DataLake-ArrivalsFailed" in ringing(lake))

    lake.sandbox.faults([])
    assert not lake.loads(KEY)
    plan, do = commands("data_lake.md", "Dead letters")
    for command in (plan, do):
        assert re.search(r"DeadLetterQueueUrl +1 +moved to ", typed(lake.sandbox, command))
    lake.wait_for(lambda: lake.loads(KEY))
    (load,) = lake.loads(KEY)
    assert load["records_modeled"] == "3"
    assert lake.dead_letters() == 0


def ringing(lake):
    found = lake.sandbox.client("cloudwatch").describe_alarms(StateValue="ALARM")
    return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]
