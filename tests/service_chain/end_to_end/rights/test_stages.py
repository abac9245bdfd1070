"""A second stage, with all that is off by default: it works, is cut down, and goes in the end."""

import datetime as dt
import io

import pytest
import soundfile

from fixtures.speech.calls import VORBIS
from operations.redrive import redrive
from testing.rights import Rights

STACK, NAME = "ServiceChain", "ServiceChain-prod"
DISPOSABLE = {"removal.data_is_disposable": True, "removal.destroy_deletes_data": True}
EVERYTHING = DISPOSABLE | {
    "service_chain.reconcile_seconds": 10,
    "service_chain.execution_hours": 3,
    "service_chain.speak": True,
    "service_chain.terminology": "house-words",
    "service_chain.vocabulary": "house-names",
    "service_chain.language": "en-US",
}
ALONE = DISPOSABLE | {"service_chain.transcribe": False, "service_chain.translate_to": []}
TEXT = b"The delivery was late. Please call the lighthouse."
TERMS = b"en,es,fr\nlighthouse,FARO VIEJO,VIEUX PHARE\n"
# Each right that only these settings give, and how its document fails without it.
TAKES = {
    "polly:StartSpeechSynthesisTask": "StartSpeech",
    "polly:GetSpeechSynthesisTask": "GetSpeech",
    "translate:TranslateText": "TranslateText",
}


@pytest.fixture(scope="module")
def before(office, inventory):
    """List what there is without the other stage."""
    return inventory()


@pytest.fixture(scope="module")
def stage(assemblies):
    """Give the app that is the other stage with these settings."""

    def synthesize(settings):
        assembly = assemblies.build(only=[STACK], stage="prod", overrides=settings)
        return {"app": str(assembly)}

    return synthesize


@pytest.fixture(scope="module")
def there(office, before, stage):
    """Deploy a stage with everything on, which is gone at the end; gives its office."""
    office.sandbox.client("translate").import_terminology(
        Name="house-words",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": TERMS, "Format": "CSV"},
    )
    transcribe = office.sandbox.client("transcribe")
    transcribe.create_vocabulary(
        VocabularyName="house-names", LanguageCode="en-US", Phrases=["Whitcombe"]
    )
    outputs = office.sandbox.deploy(STACK, **stage(EVERYTHING))[NAME]
    yield type(office)(office.sandbox, outputs)
    gone(office, stage(ALONE))
    transcribe.delete_vocabulary(VocabularyName="house-names")
    office.sandbox.client("translate").delete_terminology(Name="house-words")


def gone(office, app):
    """Destroy the other stage, unless that was done."""
    stacks = office.sandbox.client("cloudformation").describe_stacks()["Stacks"]
    if NAME in {s["StackName"] for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"}:
        office.sandbox.destroy(STACK, **app)


def events_heard(office):
    """Count the ends of transcriptions that a stage was told of."""
    now = office.sandbox.now()
    points = office.sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/States",
        MetricName="ExecutionsStarted",
        Dimensions=[{"Name": "StateMachineArn", "Value": office.outputs["ResumeMachineArn"]}],
        StartTime=now - dt.timedelta(hours=1),
        EndTime=now + dt.timedelta(minutes=1),
        Period=7200,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def test_a_stage_works_beside_another(calm, there):
    assert set(there.outputs) == set(calm.outputs), "an output has one name in every stage"
    own, others = events_heard(there), events_heard(calm)
    name = there.drop("stages/there.ogg", VORBIS.read_bytes())
    there.finished([name])
    assert events_heard(there) == own + 1
    assert events_heard(calm) == others
    assert name in there.ids("documents/")
    assert name not in calm.ids("documents/") + calm.ids("failures/")
    assert name not in {execution["name"][:32] for execution in calm.executions()}


def test_translations_are_spoken_with_the_house_s_own_words(calm, there):
    ids = there.drop_all([("letter.txt", TEXT), ("call.ogg", VORBIS.read_bytes())])
    found = there.finished(ids)
    letter, call = (found[name] for name in ids)
    spanish, french = (there.text(t["uri"]) for t in letter["translations"])
    assert "FARO VIEJO" in spanish
    assert "VIEUX PHARE" in french
    for document in (letter, call):
        assert document["language"] == {
            "code": "en-US",
            "base": "en",
            "source": "setting",
            "score": None,
        }
        assert [each["language"] for each in document["speech"]] == ["es", "fr"]
        for each in document["speech"]:
            bucket, _, key = each["uri"].removeprefix("s3://").partition("/")
            sound = there.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            assert soundfile.info(io.BytesIO(sound)).duration > 0.5
        assert document["billed"]["speech_characters"] > 0
    (job,) = there.sandbox.client("transcribe").list_transcription_jobs(JobNameContains=ids[1])[
        "TranscriptionJobSummaries"
    ]
    told = there.sandbox.client("transcribe").get_transcription_job(
        TranscriptionJobName=job["TranscriptionJobName"]
    )["TranscriptionJob"]
    assert told["Settings"]["VocabularyName"] == "house-names"
    assert told["LanguageCode"] == "en-US"
    assert not [p for p in calm.sandbox.problems() if "not authorized" in p["message"]]


def test_polly_may_throttle_and_fail_once(calm, there):
    starting, looking = "polly:StartSpeechSynthesisTask", "polly:GetSpeechSynthesisTask"
    calm.sandbox.faults(
        [
            {"action": starting, "code": "ServiceFailureException", "status": 500, "times": 1},
            {"action": looking, "code": "ThrottlingException", "rate": 0.5, "seed": 1},
        ]
    )
    ids = there.drop_all([(f"once/{n}.txt", TEXT) for n in range(3)])
    found = there.finished(ids)
    assert all(len(found[name]["speech"]) == 2 for name in ids)
    assert all(rule["hits"] for rule in calm.sandbox.faults())


def test_polly_that_fails_for_good_is_named_in_the_record_and_redriven(calm, there):
    calm.sandbox.faults(
        [{"action": "polly:StartSpeechSynthesisTask", "code": "TextLengthExceededException"}]
    )
    name = there.drop("good.txt", TEXT)
    record = there.finished([name])[name]
    assert record["state"] == "StartSpeech"
    assert record["error"] == "Polly.TextLengthExceededException"
    calm.sandbox.faults([])
    redrive(there.session(), NAME)
    there.wait_for(lambda: name in there.ids("documents/"))
    assert name not in there.ids("failures/")


@pytest.mark.parametrize("action", TAKES)
def test_without_each_right_that_these_settings_give_a_document_fails(calm, there, action):
    rights = Rights(there.sandbox, NAME)
    right, *_ = [r for r in rights.all if r.role == "Chain" and r.action == action]
    with rights.without(right):
        name = there.drop(f"without/{action.replace(':', '-')}.txt", TEXT)
        record = there.finished([name])[name]
    assert record["state"] == TAKES[action]
    assert rights.refusal(right).search(record["cause"])


def test_polly_writes_with_the_rights_of_the_chain(calm, there):
    rights = Rights(there.sandbox, NAME)
    (right,) = [
        r
        for r in rights.all
        if (r.role, r.action) == ("Chain", "s3:PutObject") and "speech/" in r.on
    ]
    with rights.without(right):
        name = there.drop("unwritten.txt", TEXT)
        record = there.finished([name])[name]
    assert (record["state"], record["error"]) == ("GetSpeech", "SpeechFailed")
    assert "permission to write objects" in record["cause"]


def test_a_stage_can_be_cut_down_to_comprehend_alone(calm, there, stage):
    before = set(there.ids("documents/"))
    there.sandbox.deploy(STACK, **stage(ALONE))
    ids = there.drop_all([("alone.txt", TEXT), ("refused.ogg", VORBIS.read_bytes())])
    found = there.finished(ids)
    letter, recording = (found[name] for name in ids)
    assert letter["translations"] == letter["speech"] == []
    (insight,) = letter["insights"]
    assert (insight["language"], insight["is_source"]) == ("en", True)
    assert recording["reason"] == "stage_off"
    assert before < set(there.ids("documents/")), "an update keeps what is there"


def test_a_stage_with_both_keys_leaves_nothing_and_others_alone(
    calm, there, before, inventory, stage
):
    calm.sandbox.destroy(STACK, **stage(ALONE))
    assert inventory() == before
    key = calm.sandbox.client("kms").describe_key(KeyId=there.outputs["KeyArn"])["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"
    name = calm.drop("stages/here.txt", b"It still works.")
    assert "insights" in calm.finished([name])[name]


def test_a_stage_without_both_keys_leaves_its_data_and_their_key(calm, before, inventory, stage):
    gone(calm, stage(ALONE))
    try:
        outputs = calm.sandbox.deploy(STACK, **stage({}))[NAME]
        there = type(calm)(calm.sandbox, outputs)
        name = there.drop("stages/kept.txt", b"It is kept.")
        there.finished([name])
    finally:
        gone(calm, stage({}))
    left = inventory() - before
    assert {kept.partition(" ")[0] for kept in left} == {"bucket", "key"}
    buckets = {there.outputs[f"{name}BucketName"] for name in ("Inbox", "Results")}
    assert {f"bucket {bucket}" for bucket in buckets} < left
    assert there.text(there.record(name)["text_uri"]) == "It is kept."
    assert there.keys("InboxBucketName") == ["stages/kept.txt"]
