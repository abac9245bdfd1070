"""Put records into the delivery stream, as a producer does that loses none."""

from collections.abc import Sequence
from time import sleep

from demos.data_lake.progress import Outputs
from demos.stage import DemoError
from sandbox.host.client import Sandbox

BATCH = 400
TRIES, PAUSE = 30, 0.3  # seconds


def put(sandbox: Sandbox, stack: Outputs, records: Sequence[bytes]) -> None:
    """Put all records; what there is no room for is put again."""
    firehose, left = sandbox.client("firehose"), [{"Data": record} for record in records]
    tries = TRIES
    while left:
        batch, left = left[:BATCH], left[BATCH:]
        reply = firehose.put_record_batch(
            DeliveryStreamName=stack.delivery_stream_name, Records=batch
        )
        answers = zip(batch, reply["RequestResponses"], strict=True)
        refused = [record for record, said in answers if "ErrorCode" in said]
        if not refused:
            tries = TRIES
            continue
        if not (tries := tries - 1):
            raise DemoError(f"Firehose took {len(refused)} records not in {TRIES} tries")
        left = [*refused, *left]
        sleep(PAUSE)
