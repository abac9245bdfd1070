"""Events come twice, late or never, objects change meanwhile: nothing is lost, nothing double."""

from fixtures.speech.calls import SENTENCE, VORBIS
from operations.redrive import redrive

TEXT = b"The delivery was fast and the driver was very friendly."
DONE = {"event": "eventbridge", "source": "aws.transcribe"}
ARRIVED = {"event": "eventbridge", "source": "aws.s3"}


def test_an_arrival_told_twice_and_out_of_order_is_one_document(calm):
    calm.sandbox.faults([{**ARRIVED, "duplicate": 1.0, "shuffle": True, "within": 1.0}])
    ids = calm.drop_all([(f"twice/{n}.txt", TEXT) for n in range(6)])
    calm.finished(ids)
    assert len([e for e in calm.executions() if e["name"][:32] in ids]) == 6


def test_a_transcription_whose_event_is_lost_is_found_out_by_looking(calm):
    calm.sandbox.faults([{**DONE, "lose": 1.0}])
    name = calm.drop("lost.ogg", VORBIS.read_bytes())
    document = calm.finished([name])[name]
    assert document["words"] >= len(SENTENCE.split()) - 2
    assert calm.entered(name)["GetTranscription"] >= 1


def test_a_transcription_whose_event_comes_twice_goes_on_once(calm):
    calm.sandbox.faults([{**DONE, "duplicate": 1.0}])
    name = calm.drop("twice.ogg", VORBIS.read_bytes())
    assert calm.finished([name])[name]["words"] >= len(SENTENCE.split()) - 2
    assert calm.entered(name)["ReadDocument"] == 1


def test_a_transcription_whose_event_comes_before_its_token_is_kept_is_told_all_the_same(calm):
    calm.sandbox.faults([{"action": "dynamodb:PutItem", "delay": 3.0}])
    name = calm.drop("early.ogg", VORBIS.read_bytes())
    calm.finished([name])
    transcribe = calm.sandbox.client("transcribe")
    (job,) = transcribe.list_transcription_jobs(JobNameContains=name)["TranscriptionJobSummaries"]
    history = calm.history(calm.execution(name))
    (kept,) = [event["timestamp"] for event in history if event["type"] == "TaskSubmitted"]
    assert job["CompletionTime"] < kept, "the event came before the token was kept"
    assert "GetTranscription" not in calm.entered(name)


def test_the_same_file_twice_is_two_versions_and_two_documents(calm):
    ids = [calm.drop("same.txt", TEXT), calm.drop("same.txt", TEXT)]
    found = calm.finished(ids)
    assert len({found[name]["input"]["version_id"] for name in ids}) == 2
    assert {calm.text(found[name]["text_uri"]) for name in ids} == {TEXT.decode()}


def test_each_version_is_read_as_it_was_although_a_newer_one_lies_over_it(calm):
    first, second = calm.drop("over.txt", b"It was lovely."), calm.drop("over.txt", b"It was bad.")
    found = calm.finished([first, second])
    assert calm.text(found[first]["text_uri"]) == "It was lovely."
    assert calm.text(found[second]["text_uri"]) == "It was bad."


def test_an_object_that_vanished_meanwhile_is_a_failure_that_says_so(calm):
    calm.sandbox.faults([{"action": "states:StartExecution", "delay": 1.0}])
    name = calm.drop("gone.txt", TEXT)
    bucket = calm.outputs["InboxBucketName"]
    version = calm.s3.list_object_versions(Bucket=bucket, Prefix="gone.txt")["Versions"][0]
    calm.s3.delete_object(Bucket=bucket, Key="gone.txt", VersionId=version["VersionId"])
    assert calm.finished([name])[name]["reason"] == "gone"


def test_an_event_that_nobody_understands_waits_for_a_person_and_is_redriven(calm):
    calm.redeliver_after(seconds=1)
    calm.sqs.send_message(QueueUrl=calm.outputs["QueueUrl"], MessageBody="no event")
    calm.wait_for(lambda: calm.dead_letters() == 1)
    assert redrive(calm.session(), "ServiceChain")["DeadLetterQueueUrl"].total == 1
    calm.wait_for(lambda: calm.dead_letters() == 1)


def test_an_arrival_during_an_outage_waits_and_is_redriven(calm):
    calm.redeliver_after(seconds=1)
    calm.sandbox.faults(
        [{"action": "states:StartExecution", "code": "ServiceUnavailable", "status": 503}]
    )
    name = calm.drop("outage.txt", TEXT)
    calm.wait_for(lambda: calm.dead_letters() == 1)
    calm.sandbox.faults([])
    redrive(calm.session(), "ServiceChain")
    calm.finished([name])


def test_an_execution_that_was_stopped_from_outside_is_recorded_too(calm):
    calm.sandbox.faults([{"action": "comprehend:DetectDominantLanguage", "delay": 5.0}])
    name = calm.drop("stopped.txt", TEXT)
    calm.wait_for(lambda: any(e["name"].startswith(name) for e in calm.running()))
    calm.states.stop_execution(executionArn=calm.execution(name), cause="an operator")
    record = calm.finished([name])[name]
    assert record["document_id"] == name
    assert "error" in record


def test_an_execution_that_was_stopped_after_its_document_was_written_has_not_failed(calm):
    calm.sandbox.faults([{"action": "sns:Publish", "delay": 3.0}])
    name = calm.drop("late.txt", TEXT)
    calm.wait_for(lambda: name in calm.ids("documents/"))
    calm.states.stop_execution(executionArn=calm.execution(name), cause="an operator")
    calm.wait_for(lambda: name in _said_by_the_recorder(calm))
    assert "document_id" in calm.finished([name])[name]
    assert name not in calm.ids("failures/")


def test_an_execution_that_was_stopped_while_its_document_is_written_has_one_end(calm):
    calm.sandbox.faults([{"action": "s3:PutObject", "resource": "*/documents/*", "delay": 1.5}])
    name = calm.drop("meanwhile.txt", b"Good morning.")
    calm.wait_for(lambda: calm.running())
    execution = calm.execution(name)
    calm.wait_for(lambda: "AssembleDocument" in str(calm.history(execution)))
    calm.states.stop_execution(executionArn=execution, cause="an operator")
    assert name not in calm.ids("documents/")
    calm.wait_for(lambda: name in _said_by_the_recorder(calm))
    assert "document_id" in calm.finished([name])[name]


def _said_by_the_recorder(office):
    logs = office.sandbox.client("logs")
    names = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    (group,) = [name for name in names if "FunctionsRecordFailure" in name]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    return "".join(event["message"] for page in pages for event in page["events"])
