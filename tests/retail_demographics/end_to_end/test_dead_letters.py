"""A frame that could not be analysed waits, rings, and is counted once when it is sent again."""

import re

from fixtures.faces import draw_frame
from testing.page_commands import commands, typed

KEY = "Patience/door/frame.jpg"


def test_dead_letters_ring_and_a_frame_is_counted_once_after_its_redrive(calm):
    shop = calm
    shop.redeliver_after(seconds=1)
    shop.sandbox.faults([{"action": "rekognition:DetectFaces", "code": "AccessDeniedException"}])
    shop.send([(KEY, draw_frame(77, faces=2, size=(320, 240), format="jpeg").image)])
    shop.sqs.send_message(QueueUrl=shop.outputs["QueueUrl"], MessageBody="no event of S3")
    shop.wait_for(lambda: shop.dead_letters() == 2)
    shop.wait_for(lambda: "RetailDemographics-ArrivalsFailed" in ringing(shop))
    assert not counted(shop)

    shop.sandbox.faults([])
    plan, do = commands("retail_demographics.md", "Dead letters")
    for command in (plan, do):
        assert re.search(r"DeadLetterQueueUrl +2 +moved to ", typed(shop.sandbox, command))
    shop.wait_for(lambda: counted(shop))
    shop.settle()
    assert counted(shop) == ["2"]
    shop.wait_for(lambda: shop.dead_letters() == 1)


def ringing(shop):
    found = shop.sandbox.client("cloudwatch").describe_alarms(StateValue="ALARM")
    return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]


def counted(shop):
    rows = shop.ask(f"SELECT faces_in_frame FROM frames WHERE object_key = '{KEY}'")
    return [row["faces_in_frame"] for row in rows]
