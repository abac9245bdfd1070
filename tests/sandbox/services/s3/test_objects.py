"""S3 asks for the key, for the version and for the right to know, one action at a time."""

import pytest

OBJECT = {"Key": "a/b.txt"}


def test_a_write_to_an_encrypted_bucket_needs_generate_data_key(
    as_role, make_bucket, key, statement, refused
):
    encrypted = {"Bucket": make_bucket(key()), **OBJECT}
    may_put = statement("s3:PutObject")
    code, message = refused(as_role(may_put)("s3").put_object, **encrypted, Body=b"x")
    assert code == "AccessDenied"
    assert "assumed-role" in message
    assert "kms:GenerateDataKey on resource: arn:" in message
    assert message.endswith("no identity-based policy allows the kms:GenerateDataKey action")
    allowed = as_role(may_put, statement("kms:GenerateDataKey"))("s3")
    reply = allowed.put_object(**encrypted, Body=b"x")
    assert reply["ServerSideEncryption"] == "aws:kms"


def test_a_read_of_an_encrypted_object_needs_decrypt(
    sandbox, as_role, make_bucket, key, statement, refused
):
    encrypted = {"Bucket": make_bucket(key()), **OBJECT}
    sandbox.client("s3").put_object(**encrypted, Body=b"x")
    reader = as_role(statement("s3:GetObject"))("s3")
    assert "kms:Decrypt" in refused(reader.get_object, **encrypted)[1]
    assert refused(reader.head_object, **encrypted)[0] == "403"
    allowed = as_role(statement("s3:GetObject"), statement("kms:Decrypt"))("s3")
    assert allowed.get_object(**encrypted)["Body"].read() == b"x"


def test_the_key_of_a_write_may_be_named_in_the_request(
    sandbox, as_role, make_bucket, key, statement, refused
):
    plain = {"Bucket": make_bucket(), **OBJECT}
    arn = key()
    explicit = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": arn}
    writer = as_role(statement("s3:PutObject"))("s3")
    assert "kms:GenerateDataKey" in refused(writer.put_object, **plain, Body=b"x", **explicit)[1]
    writer.put_object(**plain, Body=b"x")
    stored = sandbox.client("s3").put_object(**plain, Body=b"x", **explicit)
    assert stored["SSEKMSKeyId"] == arn


def test_the_managed_key_of_s3_asks_for_nothing_more(as_role, make_bucket, statement):
    plain = {"Bucket": make_bucket(), **OBJECT}
    client = as_role(statement("s3:PutObject", "s3:GetObject"))("s3")
    client.put_object(**plain, Body=b"x", ServerSideEncryption="aws:kms")
    assert client.get_object(**plain)["ServerSideEncryption"] == "aws:kms"


def test_a_key_policy_that_does_not_trust_the_account_overrules_the_role(
    as_role, make_bucket, key, arn, statement, policy, refused
):
    other = {"AWS": arn("iam", "role/somebody-else")}
    closed = key(policy(statement("kms:*", Principal=other)))
    client = as_role(statement("s3:PutObject"), statement("kms:*"))("s3")
    code, message = refused(client.put_object, Bucket=make_bucket(closed), **OBJECT, Body=b"x")
    assert code == "AccessDenied"
    assert message.endswith("no resource-based policy allows the kms:GenerateDataKey action")


@pytest.mark.parametrize(("service", "allowed"), [("s3", True), ("sqs", False)])
def test_kms_via_service_is_weighed(
    as_role, make_bucket, key, statement, refused, service, allowed
):
    via = {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}
    client = as_role(statement("s3:PutObject"), statement("kms:*", Condition=via))("s3")
    put = {"Bucket": make_bucket(key()), **OBJECT, "Body": b"x"}
    if allowed:
        client.put_object(**put)
    else:
        assert "kms:GenerateDataKey" in refused(client.put_object, **put)[1]


@pytest.mark.parametrize("bucket_key", [True, False])
def test_the_encryption_context_is_the_object_or_with_a_bucket_key_the_bucket(
    as_role, make_bucket, key, arn, statement, refused, bucket_key
):
    target = make_bucket(key(), bucket_key=bucket_key)
    encrypted = arn("s3", target if bucket_key else f"{target}/a/*")
    context = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": encrypted}}
    client = as_role(statement("s3:PutObject"), statement("kms:*", Condition=context))("s3")
    client.put_object(Bucket=target, **OBJECT, Body=b"x")
    elsewhere = {"Bucket": target, "Key": "c/d.txt", "Body": b"x"}
    if not bucket_key:
        assert "kms:GenerateDataKey" in refused(client.put_object, **elsewhere)[1]


def test_a_multipart_upload_needs_decrypt_too(as_role, make_bucket, key, statement, refused):
    target = {"Bucket": make_bucket(key()), **OBJECT}
    client = as_role(statement("s3:PutObject"), statement("kms:GenerateDataKey"))("s3")
    upload = client.create_multipart_upload(**target)["UploadId"]
    part = {**target, "UploadId": upload, "PartNumber": 1, "Body": b"x"}
    assert "kms:Decrypt" in refused(client.upload_part, **part)[1]


def test_a_copy_reads_its_encrypted_source(sandbox, as_role, make_bucket, key, statement, refused):
    source, target = make_bucket(key()), make_bucket()
    sandbox.client("s3").put_object(Bucket=source, **OBJECT, Body=b"x")
    client = as_role(statement("s3:PutObject", "s3:GetObject"))("s3")
    copy = {"Bucket": target, "Key": "copy", "CopySource": f"{source}/{OBJECT['Key']}"}
    assert "kms:Decrypt" in refused(client.copy_object, **copy)[1]


def test_a_disabled_key_refuses_even_the_account_itself(sandbox, make_bucket, key, refused):
    arn = key()
    target = make_bucket(arn)
    sandbox.client("kms").disable_key(KeyId=arn)
    code, _ = refused(sandbox.client("s3").put_object, Bucket=target, **OBJECT, Body=b"x")
    assert code == "KMS.DisabledException"


@pytest.mark.parametrize("method", ["get_object", "head_object"])
def test_a_version_is_read_with_the_right_to_versions(
    sandbox, as_role, make_bucket, statement, refused, method
):
    target = {"Bucket": make_bucket(versioned=True), **OBJECT}
    version = sandbox.client("s3").put_object(**target, Body=b"x")["VersionId"]
    latest = getattr(as_role(statement("s3:GetObject"))("s3"), method)
    latest(**target)
    assert refused(latest, **target, VersionId=version)[0] in {"AccessDenied", "403"}
    getattr(as_role(statement("s3:GetObjectVersion"))("s3"), method)(**target, VersionId=version)


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        ("bytes=0-2", b"abc", "bytes 0-2/7"),
        ("bytes=3-99", b"defg", "bytes 3-6/7"),
        ("bytes=-2", b"fg", "bytes 5-6/7"),
    ],
    ids=["begin", "beyond", "end"],
)
def test_a_range_of_a_version_is_that_range(sandbox, make_bucket, wanted, found, told):
    s3, target = sandbox.client("s3"), {"Bucket": make_bucket(versioned=True), **OBJECT}
    version = s3.put_object(**target, Body=b"abcdefg")["VersionId"]
    s3.put_object(**target, Body=b"another")
    reply = s3.get_object(**target, VersionId=version, Range=wanted)
    assert (reply["Body"].read(), reply["ContentRange"]) == (found, told)
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_that_a_version_does_not_have_is_refused(sandbox, make_bucket, refused):
    s3, target = sandbox.client("s3"), {"Bucket": make_bucket(versioned=True), **OBJECT}
    version = s3.put_object(**target, Body=b"abc")["VersionId"]
    code, _ = refused(s3.get_object, **target, VersionId=version, Range="bytes=3-")
    assert code == "InvalidRange"


def test_a_version_is_deleted_with_the_right_to_versions(
    sandbox, as_role, make_bucket, statement, refused
):
    target = {"Bucket": make_bucket(versioned=True), **OBJECT}
    version = sandbox.client("s3").put_object(**target, Body=b"x")["VersionId"]
    marker = as_role(statement("s3:DeleteObject"))("s3")
    assert refused(marker.delete_object, **target, VersionId=version)[0] == "AccessDenied"
    as_role(statement("s3:DeleteObjectVersion"))("s3").delete_object(**target, VersionId=version)


def test_delete_objects_is_decided_key_by_key(sandbox, as_role, make_bucket, arn, statement):
    name = make_bucket(versioned=True)
    s3 = sandbox.client("s3")
    versions = {k: s3.put_object(Bucket=name, Key=k, Body=b"x")["VersionId"] for k in ("a", "b")}
    objects = [{"Key": k, "VersionId": v} for k, v in versions.items()]
    only_a = statement("s3:DeleteObjectVersion", on=arn("s3", f"{name}/a"))
    reply = as_role(only_a)("s3").delete_objects(Bucket=name, Delete={"Objects": objects})
    assert [d["Key"] for d in reply["Deleted"]] == ["a"]
    [error] = reply["Errors"]
    assert (error["Key"], error["VersionId"]) == ("b", versions["b"])
    assert error["Code"] == "AccessDenied"
    assert "s3:DeleteObjectVersion" in error["Message"]
    left = s3.list_object_versions(Bucket=name)
    assert [v["Key"] for v in left["Versions"]] == ["b"]


def test_what_is_missing_is_hidden_from_those_who_may_not_list(
    as_role, make_bucket, statement, refused
):
    target = {"Bucket": make_bucket(), **OBJECT}
    blind = as_role(statement("s3:GetObject"))("s3")
    code, message = refused(blind.get_object, **target)
    assert code == "AccessDenied"
    assert "s3:ListBucket" in message
    assert refused(blind.head_object, **target)[0] == "403"
    seeing = as_role(statement("s3:GetObject", "s3:ListBucket"))("s3")
    assert refused(seeing.get_object, **target)[0] == "NoSuchKey"
    assert refused(seeing.head_object, **target)[0] == "404"


def test_delete_objects_takes_a_key_with_a_carriage_return(sandbox, make_bucket):
    name, s3 = make_bucket(), sandbox.client("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    key = "camera/line\rend\n.jpg"
    version = s3.put_object(Bucket=name, Key=key, Body=b"x")["VersionId"]
    s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": key, "VersionId": version}]})
    assert "Versions" not in s3.list_object_versions(Bucket=name)
