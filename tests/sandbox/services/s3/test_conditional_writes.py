"""A write that must be the first is the only one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def bucket(sandbox, unique):
    name = unique("bucket")
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


def test_a_second_create_only_write_is_refused(sandbox, bucket):
    s3 = sandbox.client("s3")
    put = {"Bucket": bucket, "Key": "once", "IfNoneMatch": "*"}
    s3.put_object(**put, Body=b"first")
    with pytest.raises(ClientError) as error:
        s3.put_object(**put, Body=b"second")
    assert error.value.response["Error"]["Code"] == "PreconditionFailed"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert s3.get_object(Bucket=bucket, Key="once")["Body"].read() == b"first"


def test_of_many_writers_at_once_one_wins(sandbox, bucket):
    s3 = sandbox.client("s3", max_pool_connections=16)

    def write(number):
        try:
            s3.put_object(Bucket=bucket, Key="race", IfNoneMatch="*", Body=str(number).encode())
        except ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"]
        return 200

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(write, range(32)))
    assert statuses == [200] + [412] * 31
