"""What each role of the chain may do, how to take it away, and what needs it."""

import json
import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fixtures.speech.calls import VORBIS
from testing.rights import Rights

STACK = "ServiceChain"
TEXT = b"I love it. Write to Eleanor Whitcombe at eleanor.whitcombe@example.com."
MACHINES = {
    "TranscriptionResume": "ResumeMachineArn",
    "AbnormalEndingsRecord": "RecordMachineArn",
}
# Where AWS's own words do not reach: the answer to a HEAD has no body, one function has its own.
SAYS_OTHERWISE = {
    ("FunctionsRecordFailure", "s3:GetObject on Results/documents/*"): r"\(403\) .* HeadObject",
    ("FunctionsRecordFailure", "s3:ListBucket on Results"): r"\(403\) .* HeadObject",
    ("FunctionsStart", "states:StartExecution on Chain"): "the role needs states:StartExecution",
}


class Occasions:
    """Makes things happen for which rights are needed; each tells what AWS says of it at once."""

    def __init__(self, office, rights):
        self.office, self.outputs, self.states = office, office.outputs, office.states
        self.functions = office.sandbox.client("lambda")
        self.transcribe = office.sandbox.client("transcribe")
        self.tables = office.sandbox.client("dynamodb")
        self.rights = rights
        self.started: list[str] = []
        torn = VORBIS.read_bytes()[:1500]
        documents = {"text": TEXT, "call": VORBIS.read_bytes(), "torn": torn, "empty": b""}
        ids = office.drop_all([(f"rights/{name}", body) for name, body in documents.items()])
        office.finished(ids)
        executions = dict(zip(documents, map(office.execution, ids), strict=True))
        self.history = {name: office.history(arn) for name, arn in executions.items()}
        self.questions = self._questions()
        self.start(self.outputs["StateMachineArn"], "text")
        self.stopped = self.started[-1]
        self.over()

    def told(self, name):
        """Read what the execution of a document was started with."""
        return json.loads(self.history[name][0]["executionStartedEventDetails"]["input"])

    def _questions(self):
        """Give what each function can be asked, with an answer to be had and with none."""
        text, call, torn, empty = map(self.told, self.history)
        known = text["document_id"]
        self.document = f"documents/day={text['event_time'][:10]}/{known}.json"
        self.office.s3.put_object(
            Bucket=self.outputs["ResultsBucketName"],
            Key=f"work/{empty['document_id']}/failure.json",
            Body=b"{}",
        )
        inbox = self.outputs["InboxBucketName"]
        gone = self.office.s3.put_object(Bucket=inbox, Key="rights/", Body=b"")["VersionId"]
        self.office.s3.delete_object(Bucket=inbox, Key="rights/", VersionId=gone)
        nothing = {"document_id": "none", "key": "rights/", "version_id": gone}
        plain = {"kind": "text", "encoding": "utf-8", "markup": "plain"}
        heard = {"kind": "audio", "encoding": None, "markup": None}
        asked = [
            json.loads(event["taskScheduledEventDetails"]["parameters"])
            for event in self.history["text"]
            if event["type"] == "TaskScheduled"
        ]
        *_, assembled = [parameters["Payload"] for parameters in asked if "Payload" in parameters]
        in_spanish = {"document_id": known, "language": "es", "chunks": 1, "batches": 1}
        failed = {"state": "Test", "error": "Tested", "cause": "", "execution": "none"}
        failed["failed_at"] = text["event_time"]
        return {
            ("it is asked", "Identify"): [text],
            ("it finds nothing", "Identify"): [text | nothing],
            ("it is asked", "ReadDocument"): [text | plain, call | heard],
            ("it finds nothing", "ReadDocument"): [
                *(text | plain | nothing, call | heard | nothing)
            ],
            ("it is asked", "SplitText"): [
                in_spanish | {"language": "en", "targets": ["en", "es"]}
            ],
            ("it is asked", "AssembleTranslation"): [in_spanish],
            ("it finds nothing", "AssembleTranslation"): [in_spanish | nothing],
            ("it is asked", "MergeInsights"): [in_spanish],
            ("it finds nothing", "MergeInsights"): [in_spanish | nothing],
            ("it is asked", "Redact"): [in_spanish, in_spanish | {"language": "en"}],
            ("it is asked", "AssembleDocument"): [assembled],
            ("it is asked", "RecordFailure"): [failed | {"input": empty}],
            ("it finds nothing", "RecordFailure"): [failed | {"input": torn}],
            ("it is asked", "Start"): [{"Records": [arrival(text)]}],
            ("it is asked", "Measure"): [{}],
        }

    def say(self, right, occasion):
        """Take a right away, let happen what needs it, and tell whether anything says so."""
        words = SAYS_OTHERWISE.get((right.role, str(right)))
        missed = self.rights.is_missed(
            right,
            partial(self.happens, occasion, right.role),
            denials=self.times,
            refusal=re.compile(words) if words else None,
        )
        self.over()
        return missed

    def times(self, refusal):
        """Count how often the sandbox was told of a refusal."""
        problems = self.office.sandbox.problems()
        return sum(p["times"] for p in problems if refusal.search(p["message"]))

    def happens(self, occasion, role):
        """Make it happen to a role; what AWS says at once, if anything."""
        machine = self.outputs[MACHINES.get(role, "StateMachineArn")]
        occasions: dict[str, Callable[[], Any]] = {
            "it is asked": partial(self.ask, occasion, role.removeprefix("Functions")),
            "it finds nothing": partial(self.ask, occasion, role.removeprefix("Functions")),
            "it fails for good": self.fail,
            "an object comes": lambda: self.office.drop("rights/empty", b""),
            "the machine is changed": partial(self.change, machine),
            "a text comes": partial(self.start, machine, "text"),
            "a recording is torn": partial(self.start, machine, "torn"),
            "a job has failed": partial(self.start_and_fail, machine),
            "a document is empty": partial(self.start, machine, "empty"),
            "a transcription fails": self.transcribe_torn,
            "somebody waits": self.resume,
            "an execution was stopped": partial(self.record, machine),
        }
        try:
            return occasions[occasion]()
        except ClientError as refused:
            return str(refused)

    def ask(self, occasion, name):
        """Invoke a function, once for each way in which it has to do with the outside."""
        if name == "AssembleDocument":  # which writes a document once
            self.office.s3.delete_object(
                Bucket=self.outputs["ResultsBucketName"], Key=self.document
            )
        function = self.rights.named(f"Functions{name}")
        replies = [
            self.functions.invoke(FunctionName=function, Payload=json.dumps(question))
            for question in self.questions.get((occasion, name), ())
        ]
        return "".join(reply["Payload"].read().decode() for reply in replies)

    def fail(self):
        """Let a function that nobody waits for fail, so that its event is a dead letter."""
        function = self.rights.named("FunctionsMeasure")
        self.functions.put_function_event_invoke_config(
            FunctionName=function, MaximumRetryAttempts=0
        )
        broken = {"action": "states:ListExecutions", "code": "AccessDeniedException"}
        self.office.sandbox.faults([broken])
        self.functions.invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")

    def change(self, machine):
        """Give a machine the role that it has: Step Functions tries whether it may log."""
        role = self.states.describe_state_machine(stateMachineArn=machine)["roleArn"]
        self.states.update_state_machine(stateMachineArn=machine, roleArn=role)

    def start(self, machine, document):
        """Start an execution for an object that was seen before, as another document."""
        told = self.told(document) | {"document_id": uuid.uuid4().hex}
        self._start(machine, told)

    def start_and_fail(self, machine):
        """Tell an execution, as soon as it waits for it, that its job has failed."""
        self.start(machine, "torn")
        told = self.states.describe_execution(executionArn=self.started[-1])["input"]
        job = f"{STACK}.job-{json.loads(told)['document_id']}-1"
        key = {"TableName": self.outputs["CallbacksTableName"], "Key": {"job_name": {"S": job}}}
        self.office.wait_for(lambda: "Item" in self.tables.get_item(**key))
        self.tell(job, "FAILED")

    def tell(self, job, status):
        """Start what an event of Transcribe starts."""
        detail = {"TranscriptionJobName": job, "TranscriptionJobStatus": status}
        self._start(self.outputs["ResumeMachineArn"], {"detail": detail})

    def _start(self, machine, told):
        reply = self.states.start_execution(stateMachineArn=machine, input=json.dumps(told))
        self.started.append(reply["executionArn"])

    def resume(self):
        """Say that a job ended for which an execution waits, well and badly."""
        self.tables.put_item(
            TableName=self.outputs["CallbacksTableName"],
            Item={"job_name": {"S": "waited for"}, "token": {"S": "of nobody"}},
        )
        for status in ("COMPLETED", "FAILED"):
            self.tell("waited for", status)

    def record(self, machine):
        """Say that an execution ended without a word."""
        self._start(machine, {"detail": {"executionArn": self.stopped}})

    def transcribe_torn(self):
        """Have Transcribe work on what is no recording; why it could not."""
        work = f"work/{self.told('torn')['document_id']}"
        results, job = self.outputs["ResultsBucketName"], f"{STACK}.job-{uuid.uuid4().hex}"
        self.transcribe.start_transcription_job(
            TranscriptionJobName=job,
            Media={"MediaFileUri": f"s3://{results}/{work}/media"},
            IdentifyLanguage=True,
            OutputBucketName=results,
            OutputKey=f"{work}/tested.json",
            OutputEncryptionKMSKeyId=self.outputs["KeyArn"],
            JobExecutionSettings={
                "AllowDeferredExecution": True,
                "DataAccessRoleArn": self.rights.arn("TranscriptionJob"),
            },
        )

        def found():
            return self.transcribe.get_transcription_job(TranscriptionJobName=job)[
                "TranscriptionJob"
            ]

        self.office.wait_for(lambda: found()["TranscriptionJobStatus"] == "FAILED", 10)
        return found()["FailureReason"]

    def over(self):
        """End what still runs, and let nothing fail any more."""
        self.office.sandbox.faults([])
        for execution in self.started:
            if ":express:" not in execution:
                self.states.stop_execution(executionArn=execution)
        self.started.clear()


def arrival(told):
    """Tell of an object as EventBridge does by way of a queue."""
    thing = {"key": told["key"], "size": told["size"], "version-id": told["version_id"]}
    event = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": told["event_time"],
        "detail": {"bucket": {"name": told["bucket"]}, "object": thing},
    }
    return {"messageId": "1", "body": json.dumps(event)}


@pytest.fixture(scope="module")
def rights(office):
    return Rights(office.sandbox, STACK)


@pytest.fixture(scope="module")
def occasions(office, rights):
    """Make things happen, and leave no failure records for others to redrive."""
    bucket = office.outputs["ResultsBucketName"]
    before = set(office.keys("ResultsBucketName", "failures/"))
    yield Occasions(office, rights)
    office.come_to_rest()
    for page in office.s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix="failures/"
    ):
        for found in page.get("Versions", ()):
            if found["Key"] not in before:
                office.s3.delete_object(
                    Bucket=bucket, Key=found["Key"], VersionId=found["VersionId"]
                )
