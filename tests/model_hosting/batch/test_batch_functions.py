"""The functions of a batch, one after the other as the machine has them."""

import json
from types import SimpleNamespace

import pytest

from model_hosting import close_batch, object_writer, open_batch, screen_file, sift_file
from model_hosting.batch_manifest import MOST_BYTES, MOST_FILES, RefusedBatchError, files_of
from model_hosting.batch_rejects import CountError

CONTEXT = SimpleNamespace(
    function_name="Batch", memory_limit_in_mb=512, invoked_function_arn="function-arn",
    aws_request_id="request-1", get_remaining_time_in_millis=lambda: 1000,
)  # fmt: skip
CONTENT = b'{"hour": 7}\nno JSON\n{"hour": -1}\n\xff\n{"hour": 8}'


def opened(prefix="incoming/day/", model="modelhosting-v1-a"):
    return open_batch.handler({"prefix": prefix, "model": model}, CONTEXT)


def screen(file):
    return screen_file.handler({"work": "w", "file": file}, CONTEXT)


def sift(file, run="r"):
    return sift_file.handler({"work": "w", "run": run, "file": file}, CONTEXT)


def answer(bucket, number=1):
    """Answer as a job does: what is asked, and an answer beside it."""
    asked = bucket.objects[f"work/w/screened/{number:05d}.jsonl"].splitlines()
    told = [
        {**row, "SageMakerOutput": {"error": "too early"} if row["hour"] < 0 else {"prediction": 1}}
        for row in map(json.loads, asked)
    ]
    bucket.objects[f"work/w/answered/{number:05d}.jsonl.out"] = b"".join(
        json.dumps(each).encode() + b"\n" for each in told
    )


def test_every_row_of_a_file_ends_as_a_result_or_a_reject(bucket, capsys):
    bucket.objects["incoming/day/a.jsonl"] = CONTENT
    found = opened()
    (file,) = found["files"]
    screened = screen(file)
    assert (screened["rows"], screened["kept"]) == (5, 3)
    answer(bucket)
    sifted = sift(screened)
    assert sifted == {"name": "day/a.jsonl", "rows": 5, "results": 2, "rejects": 3}
    told = {"run": "r", "model": "m", "prefix": "incoming/day/", "work": "w", "files": [sifted]}
    closed = close_batch.handler(told, CONTEXT)
    assert closed == {"run": "r", "rows": 5, "results": 2, "rejects": 3}
    rejects = bucket.objects["rejects/r/day/a.jsonl.jsonl"].splitlines()
    assert [json.loads(each)["line"] for each in rejects] == [2, 3, 4]
    results = [json.loads(each) for each in bucket.objects["results/r/day/a.jsonl"].splitlines()]
    assert [each["hour"] for each in results] == [7, 8]
    assert not [key for key in bucket.objects if key.startswith("work/")]
    assert json.loads(bucket.objects["reports/r.json"])["rejects"] == 3
    log = capsys.readouterr().out
    assert '"BatchRejects":[3' in log.replace(" ", "")
    assert "no JSON" not in log


def test_a_file_of_rejects_alone_has_no_results_and_asks_nothing(bucket):
    bucket.objects["incoming/day/a.jsonl"] = b"\xff\n\n"
    screened = screen(opened()["files"][0])
    assert screened["kept"] == 0
    assert "work/w/screened/00001.jsonl" not in bucket.objects
    assert sift(screened)["rejects"] == 2
    assert "results/r/day/a.jsonl" not in bucket.objects


def test_the_same_files_are_the_same_run_and_others_are_another(bucket, monkeypatch):
    bucket.objects["incoming/day/a.jsonl"] = CONTENT
    first = opened()["run"]
    assert opened()["run"] == first
    assert opened(model="modelhosting-v2-b")["run"] != first
    bucket.objects["incoming/day/b.jsonl"] = CONTENT
    both = opened()["run"]
    assert both != first
    bucket.objects["incoming/day/b.jsonl"] = CONTENT[:-1]
    assert opened()["run"] not in {first, both}
    monkeypatch.setenv("BATCH_FORM", "another")
    del bucket.objects["incoming/day/b.jsonl"]
    assert opened()["run"] != first


def test_a_file_that_is_another_by_now_is_refused(bucket):
    bucket.objects["incoming/day/a.jsonl"] = CONTENT
    (file,) = opened()["files"]
    bucket.objects["incoming/day/a.jsonl"] += b"\n{}"
    with pytest.raises(RefusedBatchError, match="changed or deleted"):
        screen(file)
    del bucket.objects["incoming/day/a.jsonl"]
    with pytest.raises(RefusedBatchError, match="changed or deleted"):
        screen(file)


def test_an_answer_too_few_leaves_no_half_results(bucket, monkeypatch):
    monkeypatch.setattr(object_writer, "PART_BYTES", 10)
    bucket.objects["incoming/day/a.jsonl"] = CONTENT
    screened = screen(opened()["files"][0])
    answer(bucket)
    place = "work/w/answered/00001.jsonl.out"
    bucket.objects[place] = b"\n".join(bucket.objects[place].splitlines()[:-1])
    with pytest.raises(CountError):
        sift(screened)
    assert "results/r/day/a.jsonl" not in bucket.objects


def test_what_is_large_is_written_in_parts(bucket, monkeypatch):
    monkeypatch.setattr(object_writer, "PART_BYTES", 50)
    lines = b"".join(b'{"hour": %d}\n' % number for number in range(40))
    bucket.objects["incoming/day/a.jsonl"] = lines
    assert screen(opened()["files"][0])["kept"] == 40
    assert bucket.objects["work/w/screened/00001.jsonl"] == lines


def test_a_batch_that_failed_is_cleaned_up_and_has_no_report(bucket):
    bucket.objects |= {"work/w/a": b"1", "work/w/b": b"1", "work/w/c": b"1", "work/v/d": b"1"}
    assert close_batch.handler({"work": "w"}, CONTEXT) == {}
    assert list(bucket.objects) == ["work/v/d"]


@pytest.mark.parametrize("prefix", ["results/", "incoming", "../incoming/", ""])
def test_a_batch_lies_below_the_folder_of_batches(bucket, prefix):
    with pytest.raises(RefusedBatchError, match="allowed: a prefix below incoming/"):
        opened(prefix=prefix)


def test_a_batch_has_its_limits_and_leaves_folders_out():
    def listed(size, number=1):
        return [{"Key": f"incoming/{n}", "ETag": '"e"', "Size": size} for n in range(number)]

    assert files_of(listed(0)) == []
    with pytest.raises(RefusedBatchError, match="files; allowed"):
        files_of(listed(1, MOST_FILES + 1))
    with pytest.raises(RefusedBatchError, match="cut it"):
        files_of(listed(MOST_BYTES + 1))
