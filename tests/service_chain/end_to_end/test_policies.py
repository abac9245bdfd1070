"""The policies of the docs are enough for what they are for, and have nothing to spare."""

import re
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from operations.outcome import OperationError
from operations.redrive import redrive
from testing.person import Person

STACK = "ServiceChain"
TEXT = b"I am very angry. Write to Eleanor Whitcombe at eleanor.whitcombe@example.com."
REFUSED = r"(?i)not authorized|insufficient permissions|access denied"
# What consoles and drivers, or large answers, ask for besides:
# https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html
# https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
UNSEEN = {
    "Ask athena:StopQueryExecution",
    "Ask athena:GetWorkGroup",
    "KnowTheViews glue:GetPartitions",
    "FindAnswers s3:ListBucket",
    "KeepAnswers s3:AbortMultipartUpload",
}


@pytest.fixture
def person(calm):
    hired = []

    def hire(name):
        hired.append(Person(calm, name, stack=STACK))
        return hired[-1]

    yield hire
    for one in hired:
        one.leave()


@pytest.fixture(scope="module")
def document(office):
    """Give a document that is done, with a redacted copy."""
    name = office.drop("policies/complaint.txt", TEXT)
    return office.finished([name])[name]


def read(someone, uri):
    """Read an object as somebody."""
    place = urlsplit(uri)
    found = someone.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])
    return found["Body"].read()


def refusal(work):
    """Find the words of a refusal in what comes of some work; None where it is done."""
    try:
        work()
    except (ClientError, OperationError, RuntimeError) as refused:
        return re.search(REFUSED, str(refused))
    return None


def test_an_analyst_asks_the_view_insights_and_reads_no_text(person, document):
    analyst = person("analyst-service-chain")
    question = f"SELECT * FROM insights WHERE document_id = '{document['document_id']}'"

    def work():
        assert "most_mentioned" in analyst.saved_queries()
        return analyst.ask(question)

    assert len(work()) == 3
    source = next(one for one in document["insights"] if one["is_source"])
    forbidden = [document["text_uri"], source["redacted_uri"], source["insights_uri"]]
    for uri in [*forbidden, *(one["uri"] for one in document["translations"])]:
        with pytest.raises(Exception, match=REFUSED):
            read(analyst, uri)
    with pytest.raises(Exception, match=REFUSED):
        analyst.ask("SELECT * FROM failed_documents")
    unmissed = [r for r in analyst.lacking() if not refusal(work)]
    assert set(unmissed) == UNSEEN


def test_a_reader_of_redacted_copies_sees_those_alone(person, document, calm):
    reader = person("reader-of-redacted")
    source = next(one for one in document["insights"] if one["is_source"])
    results = calm.outputs["ResultsBucketName"]

    def work():
        listed = reader.client("s3").list_objects_v2(Bucket=results, Prefix="redacted/en/")
        assert document["document_id"] in str(listed["Contents"])
        return read(reader, source["redacted_uri"])

    assert b"eleanor" not in work()
    for prefix in ("", "texts/", "documents/", "insights/", "transcripts/"):
        with pytest.raises(Exception, match=REFUSED):
            reader.client("s3").list_objects_v2(Bucket=results, Prefix=prefix)
    for uri in (document["text_uri"], source["insights_uri"]):
        with pytest.raises(Exception, match=REFUSED):
            read(reader, uri)
    assert not [right for right in reader.lacking() if not refusal(work)]


def test_an_operator_redrives_with_the_policy_and_not_without_any_of_it(person, calm, failing):
    operator = person("operator")
    session = SimpleNamespace(client=operator.client, region_name="the sandbox")

    def work():
        done = redrive(session, STACK, refused_too=True)
        raise RuntimeError([outcome.left for outcome in done.values()])

    unmissed = []
    for right in operator.lacking():
        calm.wait_for(failing)
        if not refusal(work):
            unmissed.append(right)
    assert not unmissed
    calm.wait_for(failing)
    done = redrive(session, STACK, refused_too=True)
    assert done["DeadLetterQueueUrl"].total >= 1
    assert done["UndeliveredQueueUrl"].total >= 2
    assert done["failures/"].total >= 1


@pytest.fixture
def failing(calm):
    """Leave a document and a message that fail again, and events to replay and to leave."""
    queue = {"QueueUrl": calm.outputs["QueueUrl"]}
    hidden = calm.sqs.get_queue_attributes(**queue, AttributeNames=["VisibilityTimeout"])
    calm.sqs.set_queue_attributes(**queue, Attributes={"VisibilityTimeout": "0"})
    calm.sqs.send_message(**queue, MessageBody="no event")
    name = calm.drop("policies/empty.txt", b"")
    undelivered = calm.outputs["UndeliveredQueueUrl"]

    def leave(target):
        said = {"TARGET_ARN": {"DataType": "String", "StringValue": target}}
        calm.sqs.send_message(QueueUrl=undelivered, MessageBody="{}", MessageAttributes=said)

    def fail():
        if not (calm.dead_letters() and name in calm.ids("failures/") and not calm.running()):
            return False
        for machine in ("Record", "Resume"):
            leave(calm.outputs[f"{machine}MachineArn"])
        return True

    leave("nobody")
    yield fail
    calm.sqs.purge_queue(QueueUrl=undelivered)
    calm.sqs.set_queue_attributes(**queue, Attributes=hidden["Attributes"])
    calm.wait_for(calm.dead_letters)
    calm.forget_dead_letters()
