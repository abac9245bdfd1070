"""A request is judged by what it is about, which some name by another thing's name."""

import pytest

ARN = "arn:aws:{}:us-east-1:000000000000:{}"


def test_who_reads_records_needs_the_right_to_their_stream(sandbox, as_role, statement, refused):
    kinesis = sandbox.client("kinesis")
    for name in ("read", "unread"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    arn = ARN.format("kinesis", "stream/read")
    reader = as_role(statement("kinesis:GetRecords", Resource=arn))("kinesis")
    asked = {"ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    for name, code in (("read", ""), ("unread", "AccessDenied")):
        iterator = kinesis.get_shard_iterator(StreamName=name, **asked)["ShardIterator"]
        if code:
            assert code in refused(reader.get_records, ShardIterator=iterator)[0]
        else:
            assert reader.get_records(ShardIterator=iterator)["Records"] == []
        kinesis.delete_stream(StreamName=name)


@pytest.mark.parametrize(("end", "may"), [(":*", True), (":log-stream:*", True), ("", False)])
def test_lines_of_a_group_are_behind_its_name(sandbox, as_role, statement, refused, end, may):
    logs, group = sandbox.client("logs"), f"lines{len(end)}"
    logs.create_log_group(logGroupName=group)
    arn = ARN.format("logs", f"log-group:{group}{end}")
    writer = as_role(statement("logs:CreateLogStream", "logs:PutLogEvents", Resource=arn))("logs")
    name = {"logGroupName": group, "logStreamName": "a"}
    if may:
        writer.create_log_stream(**name)
        writer.put_log_events(**name, logEvents=[{"timestamp": 1_796_000_000_000, "message": "a"}])
    else:
        assert "AccessDenied" in refused(writer.create_log_stream, **name)[0]
    logs.delete_log_group(logGroupName=group)
