"""What a stream of Kinesis, or devices of IoT, cost beside the Firehose that both end in."""

import math

from costs.bill import Line, Range, line
from costs.data_lake_stream import GIB, STEP, Records
from costs.tables import choices

MONTH_HOURS = 730
KIB = 1024
DEVICES = 100  # always connected
WRAPPED = 4 / 3  # a message goes to Kinesis as base64


def per_source(records: Records | None = None) -> list[Line]:
    """Itemise a month of what stands there, and a gigabyte of records or of messages."""
    size = (records or Records()).bytes
    messages = Range(*(1e9 / each * math.ceil(each / STEP) for each in (size.low, size.high)))
    plain, wrapped = _written(size, 1), _written(size, WRAPPED)
    small = "5 KB each; high: 250 bytes"
    minutes = DEVICES * MONTH_HOURS * 60
    return [
        line("Kinesis, the stream for a month", "kinesis_stream_hour", MONTH_HOURS, MONTH_HOURS,
             "whether or not anything comes"),
        line("Kinesis, a gigabyte in", "kinesis_in", plain.low, plain.high,
             f"in steps of 1 KB a record: {small}"),
        line("Kinesis, a gigabyte in from devices", "kinesis_in", wrapped.low, wrapped.high,
             f"as base64, a third more: {small}"),
        line("Kinesis, a gigabyte out", "kinesis_out", 1e9 / GIB, WRAPPED * 1e9 / GIB,
             "Firehose reads each once; high: from devices"),
        line("IoT, a gigabyte of messages", "iot_message", messages.low, messages.high,
             f"in steps of 5 KB: {small}"),
        line("IoT, its rule", "iot_rule", messages.low, messages.high, "one, for each message"),
        line("IoT, its action", "iot_action", messages.low, messages.high, "one, for each message"),
        line(f"IoT, {DEVICES} devices for a month", "iot_minute", minutes, minutes,
             "always connected"),
    ]  # fmt: skip


def _written(size: Range, growth: float) -> Range:
    return Range(
        *(1e9 / each * math.ceil(each * growth / KIB) * KIB / GIB for each in (size.low, size.high))
    )


def sources_table() -> str:
    """Write the table of the page."""
    return choices(per_source())
