"""Media in a bucket, jobs about them, and callers with few rights."""

import io
import json
import sys
import time

import numpy as np
import pytest
import soundfile

from fixtures.speech.calls import UNHAPPY

# There is no wheel of the recognizer for these.
collect_ignore_glob = ["test_*.py"] if sys.version_info >= (3, 14) else []

SECONDS = 60  # far more than any of the recordings takes


@pytest.fixture(scope="session")
def transcribe(sandbox):
    return sandbox.client("transcribe")


@pytest.fixture(scope="session")
def samples():
    """Cut the first words of its customer out of the unhappy call: 16 bits at 16 kHz."""
    recording, rate = soundfile.read(io.BytesIO(UNHAPPY.recording), dtype="int16")
    begin = np.flatnonzero(recording[:, 1])[0] - rate // 2
    return recording[begin : begin + 4 * rate, 1]


@pytest.fixture(scope="session")
def packed():
    """Pack samples into a file of a format."""

    def pack(given, media_format, rate=16_000):
        file = io.BytesIO()
        soundfile.write(file, given, rate, format=media_format.upper())
        return file.getvalue()

    return pack


@pytest.fixture(scope="session")
def noise(packed):
    """Make a second in which nobody speaks, different each time: no answer is remembered."""
    generator = np.random.default_rng(7)
    return lambda: packed(generator.integers(-3, 3, 16_000, dtype=np.int16), "wav")


@pytest.fixture
def bucket(sandbox, unique):
    s3, name = sandbox.client("s3"), unique("media")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def put(sandbox, bucket):
    """Put an object into the bucket; gives its URI."""

    def put_object(key, content, **more):
        sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=content, **more)
        return f"s3://{bucket}/{key}"

    return put_object


@pytest.fixture
def asked(bucket, unique):
    """Compose the arguments of a job."""

    def compose(uri, **more):
        name = unique("job")
        place = {"OutputBucketName": bucket, "OutputKey": f"out/{name}.json"}
        language = {} if "IdentifyLanguage" in more else {"LanguageCode": "en-US"}
        return (
            {"TranscriptionJobName": name, "Media": {"MediaFileUri": uri}} | place | language | more
        )

    return compose


@pytest.fixture
def ended(transcribe):
    """Wait until a job is over; gives the job."""

    def wait(name):
        until = time.monotonic() + SECONDS
        while True:
            job = transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
            if job["TranscriptionJobStatus"] in ("COMPLETED", "FAILED"):
                return job
            assert time.monotonic() < until, f"no transcript within {SECONDS} s"
            time.sleep(0.1)

    return wait


@pytest.fixture
def run(transcribe, asked, ended):
    """Run a job to its end; gives the job."""

    def start(uri, **more):
        arguments = asked(uri, **more)
        transcribe.start_transcription_job(**arguments)
        return ended(arguments["TranscriptionJobName"])

    return start


@pytest.fixture
def transcript(sandbox, bucket):
    """Read what a job wrote."""

    def read(job):
        where = job["Transcript"]["TranscriptFileUri"]
        key = where.partition(f"/{bucket}/")[2]
        body = sandbox.client("s3").get_object(Bucket=bucket, Key=key)["Body"]
        return json.loads(body.read())

    return read


@pytest.fixture
def heard(run, transcript):
    """Transcribe a file; gives the text."""
    return lambda uri, **more: transcript(run(uri, **more))["results"]["transcripts"][0][
        "transcript"
    ]


@pytest.fixture
def statement():
    """Spell a policy statement."""

    def spell(*actions, on="*", **more):
        return {"Effect": "Allow", "Action": [*actions], "Resource": on} | more

    return spell


@pytest.fixture
def role(sandbox, unique):
    """Make a role that a service may assume, with these statements; gives its ARN."""

    def make(*statements, service="transcribe.amazonaws.com"):
        iam, name = sandbox.client("iam"), unique("role")
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="only", PolicyDocument=_policy(*statements)
            )
        return made["Arn"]

    return make


@pytest.fixture
def allowed(sandbox, unique):
    """Make a Transcribe client whose caller may do only what is stated."""

    def client(*statements):
        iam, name = sandbox.client("iam"), unique("caller")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=_policy(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        return sandbox.client("transcribe", credentials=credentials)

    return client


def _policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})
