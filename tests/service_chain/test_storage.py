"""Objects in a bucket: what was put is what is got, and nothing is written over by mistake."""

import json

import pytest
from botocore.exceptions import ClientError

from service_chain.ask_aws import results

LINES = "application/x-ndjson"


def test_text_and_json_are_written_in_utf_8_on_one_line(aws):
    text, value = aws.puts("t"), aws.puts("j", "application/json")
    results().put("t", "Grüße")
    results().put_json("j", {"a": "東京\n\u2028"})
    assert text.value.decode() == "Grüße"
    assert value.value.decode() == '{"a":"東京\\n\\u2028"}'


def test_no_reader_of_lines_finds_a_line_end_in_a_line(aws):
    every = "".join(map(chr, range(0x3000)))
    written = aws.puts("l", LINES)
    results().put_lines("l", [every, every])
    lines = written.value.decode().splitlines()
    assert [json.loads(line) for line in lines] == [every, every]


def test_what_is_no_number_is_no_json(aws):
    with pytest.raises(ValueError, match="not JSON compliant"):
        results().put_json("j", float("nan"))


def test_lines_are_read_as_they_were_written(aws):
    values = [{"n": n, "text": "東京\r\n\u2028\x85" * n} for n in range(300)]
    written = aws.puts("l", LINES)
    assert results().put_lines("l", values) == 300
    aws.gets(written.value, {"Bucket": "results", "Key": "l"})
    assert list(results().lines("l")) == values


def test_an_object_is_read_whole(aws):
    for read in (results().get_text, lambda key: results().get_json(key)):
        aws.gets(b'"\xc3\xa9"', {"Bucket": "results", "Key": "k"})
        assert read("k") in {"é", '"é"'}


def test_what_is_not_there_is_none_or_an_error(aws):
    aws.fails("get_object", "NoSuchKey", status=404)
    assert results().find("k") is None
    aws.fails("get_object", "NoSuchKey", status=404)
    with pytest.raises(ClientError, match="NoSuchKey"):
        results().get("k")
    aws.fails("get_object", "AccessDenied", status=403)
    with pytest.raises(ClientError, match="AccessDenied"):
        results().find("k")


def test_whether_an_object_is_there_is_told_and_never_guessed(aws):
    aws.answers("head_object", {}, {"Bucket": "results", "Key": "k"})
    assert results().has("k")
    aws.fails("head_object", "404", status=404)
    assert not results().has("k")
    aws.fails("head_object", "403", status=403)
    with pytest.raises(ClientError, match="403"):
        results().has("k")


def test_what_is_there_already_stays(aws):
    aws.puts("k", "application/json", IfNoneMatch="*")
    assert results().put_once("k", "{}") is True
    aws.fails("put_object", "PreconditionFailed", status=412)
    assert results().put_once("k", "{}") is False
    aws.fails("put_object", "ConditionalRequestConflict", status=409)
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        results().put_once("k", "{}")


def test_a_function_without_its_bucket_says_so(aws, monkeypatch):
    monkeypatch.delenv("RESULTS_BUCKET")
    with pytest.raises(ValueError, match="RESULTS_BUCKET is ''; want a name"):
        results()
