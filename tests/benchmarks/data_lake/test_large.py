"""What is said of a large file that both modeled, and how a bucket that is a folder is read."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from benchmarks.data_lake.large import measure
from benchmarks.data_lake.large.folder import FolderS3
from sandbox.host.process import SandboxError

FUNCTION = {"rows": 1000, "good": 900, "repeated": 9, "wall": 10.0, "seconds": 8.0, "mib": 300.0}
JOB = {**FUNCTION, "wall": 5.0, "seconds": 20.0, "mib": 900.0, "largest": 350.0, "parts": 8}


def test_both_are_told_by_the_second_and_by_the_processors_second():
    told = measure.told(FUNCTION, JOB, 2_000_000, 128)
    assert "| Records a second | 100 | 200 |" in told
    assert "| MB a second | 0.2 | 0.4 |" in told
    assert "| Records a processor second | 125 | 50 |" in told


@pytest.mark.parametrize("name", ["rows", "good", "repeated"])
def test_a_job_that_found_something_else_is_told(monkeypatch, name):
    found = {"function.lake": FUNCTION, "large.job": {**JOB, name: 1}}
    monkeypatch.setattr(measure, "_run", lambda module, *_: found[module])
    monkeypatch.setattr(measure, "SIZE", 1)
    monkeypatch.setattr(measure, "written", lambda path, _: (path.write_bytes(b"x"), path)[1])
    with pytest.raises(SandboxError, match=f"differ in .*{name}"):
        measure.report()


def test_a_span_of_a_file_is_read_and_no_more(tmp_path):
    s3 = FolderS3(tmp_path)
    s3.put_object(Bucket="raw", Key="a/b", Body=bytes(range(100)))
    for span, size in (("bytes=10-29", 20), ("bytes=90-199", 10)):
        body = s3.get_object(Bucket="raw", Key="a/b", Range=span)["Body"]
        assert [*map(len, body.iter_chunks(7))] == [7] * (size // 7) + [size % 7]
        assert b"".join(body.iter_chunks(7))[0] == int(span[6:8])
    with pytest.raises(ClientError):
        s3.get_object(Bucket="raw", Key="gone")
    assert Path(tmp_path, "raw", "a", "b").stat().st_size == 100
