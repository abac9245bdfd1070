#!/usr/bin/env bash
# aws-kinesis-agg 1.2.3: the type of a record's data tells how it was sent.
#
# Guess: after deaggregation every record looks like one of an event source mapping: base64 text in `data`.
# Seen:  a record that was aggregated has bytes there (base64 all the same), one that was not has text.
#        A function that writes its records as JSON works until the first producer uses the Producer
#        Library, and then raises TypeError. (`six` is imported and not declared, hence its pin.)
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aws-kinesis-agg==1.2.3 six==1.17.0 protobuf==7.36.2
"$tmp/venv/bin/python" >"$tmp/seen" <<'PY'
import base64
import json

from aws_kinesis_agg.aggregator import RecordAggregator
from aws_kinesis_agg.deaggregator import deaggregate_records


def arrived(data):
    """One record of Lambda's event."""
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "door",
        "sequenceNumber": "1",
        "data": base64.b64encode(data).decode(),
        "approximateArrivalTimestamp": 1.0,
    }
    return {"eventSource": "aws:kinesis", "kinesis": kinesis}


aggregator = RecordAggregator()
aggregator.add_user_record("door", b"visit")
aggregated = aggregator.clear_and_get().get_contents()[2]
for name, data in (("single", b"visit"), ("aggregated", aggregated)):
    for record in deaggregate_records([arrived(data)]):
        value = record["kinesis"]["data"]
        try:
            json.dumps(record)
            written = "written as JSON"
        except TypeError as error:
            written = f"TypeError: {error}"
        print(name, type(value).__name__, base64.b64decode(value).decode(), written, sep=", ")
PY
diff "$tmp/seen" - <<'SEEN'
single, str, visit, written as JSON
aggregated, bytes, visit, TypeError: Object of type bytes is not JSON serializable
SEEN
echo "as stated"
