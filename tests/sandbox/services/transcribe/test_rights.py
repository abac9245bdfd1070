"""As whom a job reads and writes, and with which keys."""

import json

import pytest

from fixtures.speech.silence import silence

START = "transcribe:StartTranscriptionJob"
READING = "The S3 URI that you provided can't be accessed."
KEY_ACTIONS = {"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"}
BY_S3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
WRITING = "The specified S3 bucket can't be accessed."


@pytest.fixture
def objects(sandbox, bucket):
    """Spell the ARN of objects in the bucket."""
    partition = sandbox.client("sts").get_caller_identity()["Arn"].split(":")[1]
    return lambda keys: f"arn:{partition}:s3:::{bucket}/{keys}"


@pytest.fixture
def key(sandbox):
    """Make a KMS key that the account's policies decide about."""
    return sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]


def test_media_is_read_and_written_with_the_rights_of_the_caller(
    allowed, refused, statement, objects, put, asked, ended
):
    media = put("in/a.wav", silence(1))
    start = statement(START)
    read, write = (
        statement("s3:GetObject", on=objects("in/*")),
        statement("s3:PutObject", on=objects("out/*")),
    )
    for rights, complaint in (((start, write), READING), ((start, read), WRITING)):
        code, message = refused(allowed(*rights).start_transcription_job, **asked(media))
        assert code == "BadRequestException"
        assert message.startswith(complaint)
    arguments = asked(media)
    allowed(start, read, write).start_transcription_job(**arguments)
    assert ended(arguments["TranscriptionJobName"])["TranscriptionJobStatus"] == "COMPLETED"


def test_a_caller_needs_the_right_to_start(allowed, refused, statement, put, asked):
    client = allowed(statement("s3:*"))
    code, message = refused(client.start_transcription_job, **asked(put("a.wav", silence(1))))
    assert code == "AccessDeniedException"
    assert START in message


def test_a_job_may_read_and_write_as_a_role_that_the_caller_may_pass(
    allowed, refused, statement, objects, role, put, asked, ended
):
    media, start = put("in/a.wav", silence(1)), statement(START)
    rights = (
        statement("s3:GetObject", on=objects("in/*")),
        statement("s3:PutObject", on=objects("out/*")),
    )

    def acting(arn):
        settings = {"AllowDeferredExecution": True, "DataAccessRoleArn": arn}
        return asked(media, JobExecutionSettings=settings)

    able, unable, stranger = (
        role(*rights),
        role(rights[0]),
        role(*rights, service="lambda.amazonaws.com"),
    )
    passing = {"StringEquals": {"iam:PassedToService": "transcribe.amazonaws.com"}}
    client = allowed(start, statement("iam:PassRole", Condition=passing))
    arguments = acting(able)
    client.start_transcription_job(**arguments)
    assert ended(arguments["TranscriptionJobName"])["TranscriptionJobStatus"] == "COMPLETED"

    code, message = refused(allowed(start).start_transcription_job, **acting(able))
    assert code == "AccessDeniedException"
    assert "iam:PassRole" in message
    for arn, complaint in (
        (unable, WRITING),
        (stranger, "The data access role that you specified can't be used: transcribe.amazonaws"),
        (able + "-not", "The data access role that you specified can't be used: transcribe.amazon"),
    ):
        code, message = refused(client.start_transcription_job, **acting(arn))
        assert code == "BadRequestException"
        assert message.startswith(complaint)


def test_a_transcript_is_encrypted_with_the_key_that_the_job_names(
    sandbox, allowed, refused, statement, role, put, asked, ended, bucket, key
):
    media = put("a.wav", silence(1))
    data, encrypt = statement("s3:*"), statement("kms:GenerateDataKey", on=key)
    by_transcribe = {"StringEquals": {"kms:ViaService": "transcribe.us-east-1.amazonaws.com"}}

    def with_key(arn):
        settings = {"AllowDeferredExecution": True, "DataAccessRoleArn": arn}
        return asked(media, JobExecutionSettings=settings, OutputEncryptionKMSKeyId=key)

    able, unable = role(data, encrypt), role(data)
    start = statement(START, "iam:PassRole")
    code, message = refused(allowed(start).start_transcription_job, **with_key(able))
    assert code == "BadRequestException"
    assert message.startswith("The KMS key that you specified can't be used")
    for missing in KEY_ACTIONS:
        rest = statement(*KEY_ACTIONS - {missing}, on=key, Condition=by_transcribe)
        by_s3 = statement("kms:GenerateDataKey", on=key, Condition=BY_S3)
        code, message = refused(
            allowed(start, rest, by_s3).start_transcription_job, **with_key(able)
        )
        assert missing in message
    client = allowed(start, encrypt, statement(*KEY_ACTIONS, on=key, Condition=by_transcribe))
    code, message = refused(client.start_transcription_job, **with_key(unable))
    assert code == "BadRequestException"
    assert "kms:GenerateDataKey" in message
    arguments = with_key(able)
    client.start_transcription_job(**arguments)
    assert ended(arguments["TranscriptionJobName"])["TranscriptionJobStatus"] == "COMPLETED"
    written = sandbox.client("s3").head_object(Bucket=bucket, Key=arguments["OutputKey"])
    assert written["SSEKMSKeyId"] == key


def test_a_key_that_is_throttled_for_a_moment_fails_no_job(sandbox, faults, put, asked, ended, key):
    media = put("a.wav", silence(1), ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    actions = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
    faults([{"action": a, "code": "ThrottlingException", "times": 2} for a in actions])
    arguments = asked(media, OutputEncryptionKMSKeyId=key)
    sandbox.client("transcribe").start_transcription_job(**arguments)
    assert ended(arguments["TranscriptionJobName"])["TranscriptionJobStatus"] == "COMPLETED"


def test_encrypted_media_is_read_only_by_who_may_decrypt(
    allowed, refused, statement, put, asked, ended, key
):
    media = put("a.wav", silence(1), ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    rights = statement(START), statement("s3:*")
    code, message = refused(allowed(*rights).start_transcription_job, **asked(media))
    assert code == "BadRequestException"
    assert message.startswith(READING)
    arguments = asked(media)
    allowed(*rights, statement("kms:Decrypt", on=key)).start_transcription_job(**arguments)
    assert ended(arguments["TranscriptionJobName"])["TranscriptionJobStatus"] == "COMPLETED"


def test_who_may_see_one_job_may_not_see_another(
    sandbox, allowed, refused, statement, put, run, unique
):
    identity = sandbox.client("sts").get_caller_identity()
    partition, account = identity["Arn"].split(":")[1], identity["Account"]
    mine, other = unique("mine"), unique("other")
    for name in (mine, other):
        run(put("a.wav", silence(1)), TranscriptionJobName=name)
    jobs = f"arn:{partition}:transcribe:us-east-1:{account}:transcription-job/mine-*"
    client = allowed(statement("transcribe:GetTranscriptionJob", on=jobs))
    assert client.get_transcription_job(TranscriptionJobName=mine)
    code, _ = refused(client.get_transcription_job, TranscriptionJobName=other)
    assert code == "AccessDeniedException"


def test_a_job_leaves_the_file_by_which_it_tried_its_output(sandbox, put, run, bucket):
    run(put("in/a.wav", silence(1)), OutputKey="out/there/a.json")
    listed = sandbox.client("s3").list_objects_v2(Bucket=bucket, Prefix="out/")["Contents"]
    assert [found["Key"] for found in listed] == [
        "out/there/.write_access_check_file.temp",
        "out/there/a.json",
    ]


def test_a_state_machine_starts_a_job_with_the_rights_of_its_role(
    sandbox, statement, role, put, asked, ended, eventually, unique
):
    media = put("a.wav", silence(1))
    data = role(statement("s3:*"))
    execution = {"AllowDeferredExecution": True, "DataAccessRoleArn": data}
    arguments = asked(media, JobExecutionSettings=execution)
    states = sandbox.client("stepfunctions")
    partition = ":".join(data.split(":")[:2])
    task = {
        "Type": "Task",
        "Resource": f"{partition}:states:::aws-sdk:transcribe:startTranscriptionJob",
        "Arguments": arguments,
        "End": True,
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Start", "States": {"Start": task}}

    def outcome(*statements):
        arn = states.create_state_machine(
            name=unique("machine"),
            roleArn=role(*statements, service="states.amazonaws.com"),
            definition=json.dumps(definition),
        )["stateMachineArn"]
        run = states.start_execution(stateMachineArn=arn)["executionArn"]

        def described():
            found = states.describe_execution(executionArn=run)
            return None if found["status"] == "RUNNING" else found

        return eventually(described)

    passing = statement("iam:PassRole", on=data)
    assert outcome(passing)["status"] == "FAILED"
    assert outcome(statement(START))["status"] == "FAILED"
    succeeded = outcome(statement(START), passing)
    assert succeeded["status"] == "SUCCEEDED"
    started = json.loads(succeeded["output"])["TranscriptionJob"]
    assert started["TranscriptionJobStatus"] == "IN_PROGRESS"
    assert ended(arguments["TranscriptionJobName"])["TranscriptionJobStatus"] == "COMPLETED"
    again = outcome(statement(START), passing)
    assert (again["status"], again["error"]) == ("FAILED", "Transcribe.ConflictException")
