"""The API as an SDK sees it: jobs, their names, limits and refusals."""

import re

import pytest
from ministack.core import responses

from fixtures.speech.silence import silence
from sandbox.core.emulator import ServiceError
from sandbox.services.transcribe import transcribing
from sandbox.services.transcribe.engine import Engine
from sandbox.services.transcribe.jobs import ConflictError, FullError, Job, Jobs
from sandbox.services.transcribe.service import Transcribe


def test_replies_have_the_members_of_awss_and_no_other(contract, put, asked, ended, unique):
    transcribe = contract("transcribe")
    arguments = asked(put("a.wav", silence(1)), IdentifyLanguage=True)
    name = arguments["TranscriptionJobName"]
    vocabulary = {"VocabularyName": unique("vocabulary")}
    started = transcribe.start_transcription_job(**arguments)
    ended(name)
    assert transcribe.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]
    assert transcribe.list_transcription_jobs(Status="COMPLETED")["TranscriptionJobSummaries"]
    transcribe.create_vocabulary(**vocabulary, LanguageCode="en-US", Phrases=["a"])
    assert transcribe.get_vocabulary(**vocabulary)["VocabularyName"] in vocabulary.values()
    [listed] = transcribe.list_vocabularies(NameContains=vocabulary["VocabularyName"])[
        "Vocabularies"
    ]
    assert listed["VocabularyState"] == "READY"
    assert started["TranscriptionJob"]["TranscriptionJobStatus"] == "IN_PROGRESS"
    assert "LanguageCode" not in started["TranscriptionJob"]


def test_a_job_names_where_its_transcript_lies(put, run, bucket):
    uri = put("a.wav", silence(1))
    for key, lies in (
        ("there/it-is.json", "there/it-is.json"),
        ("folder", "folder/{}.json"),
        ("folder/", "folder/{}.json"),
    ):
        job = run(uri, OutputKey=key)
        where = job["Transcript"]["TranscriptFileUri"]
        at = lies.format(job["TranscriptionJobName"])
        assert where == f"https://s3.us-east-1.amazonaws.com/{bucket}/{at}"


def test_a_name_is_taken_until_its_job_is_deleted(transcribe, put, asked, ended, refused):
    arguments = asked(put("a.wav", silence(1)))
    named = {"TranscriptionJobName": arguments["TranscriptionJobName"]}
    transcribe.start_transcription_job(**arguments)
    code, message = refused(transcribe.start_transcription_job, **arguments)
    assert (code, message.split(".")[0]) == (
        "ConflictException",
        "The requested job name already exists",
    )
    ended(arguments["TranscriptionJobName"])
    transcribe.delete_transcription_job(**named)
    assert refused(transcribe.get_transcription_job, **named)[0] == "NotFoundException"
    transcribe.start_transcription_job(**arguments)
    ended(arguments["TranscriptionJobName"])


def test_jobs_are_listed_newest_first_in_pages(transcribe, put, asked, ended, unique):
    uri, stem = put("a.wav", silence(1)), unique("list")
    names = [f"{stem}-{number}" for number in range(3)]
    for name in names:
        transcribe.start_transcription_job(**asked(uri) | {"TranscriptionJobName": name})
    for name in names:
        ended(name)
    first = transcribe.list_transcription_jobs(JobNameContains=stem.upper(), MaxResults=2)
    rest = transcribe.list_transcription_jobs(
        JobNameContains=stem, MaxResults=2, NextToken=first["NextToken"]
    )
    listed = [*first["TranscriptionJobSummaries"], *rest["TranscriptionJobSummaries"]]
    assert [job["TranscriptionJobName"] for job in listed] == names[::-1]
    assert "NextToken" not in rest
    assert not transcribe.list_transcription_jobs(JobNameContains=stem, Status="FAILED")[
        "TranscriptionJobSummaries"
    ]


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"TranscriptionJobName": "a b"}, "'a b' at 'transcriptionJobName' failed to satisfy"),
        ({"MediaFormat": "aiff"}, "'aiff' at 'mediaFormat' .* enum value set: \\[mp3, mp4,"),
        ({"MediaSampleRateHertz": 96_000}, "value less than or equal to 48000"),
        ({"OutputKey": "a b.json"}, "'outputKey' .* regular expression pattern"),
        ({"Media": {"MediaFileUri": "here"}}, "'media.mediaFileUri' .* regular expression"),
        ({"Media": {"MediaFileUri": "s3://bucket"}}, "names no S3 object"),
        ({"Media": {}}, "must include MediaFileUri"),
        ({"LanguageCode": "de-DE"}, "recognizes en-US only; LanguageCode is de-DE"),
        ({"LanguageCode": "xx-XX"}, "'languageCode' .* enum value set"),
        (
            {"IdentifyLanguage": True, "LanguageOptions": ["de-DE", "fr-FR"]},
            "recognizes en-US only; LanguageOptions are de-DE, fr-FR",
        ),
        ({"IdentifyLanguage": True, "LanguageOptions": ["en-US"]}, "two or more"),
        ({"IdentifyLanguage": True, "LanguageCode": "en-US"}, "either LanguageCode or"),
        ({"IdentifyLanguage": False}, "either LanguageCode or IdentifyLanguage"),
        ({"LanguageOptions": ["de-DE", "en-US"]}, "must also include IdentifyLanguage"),
        ({"Settings": {"ShowSpeakerLabels": True}}, "does not have Settings.ShowSpeakerLabels"),
        ({"Subtitles": {"Formats": ["vtt"]}}, "does not have Subtitles"),
        ({"Settings": {"VocabularyName": "none"}}, "vocabulary couldn't be found"),
        ({"JobExecutionSettings": {"AllowDeferredExecution": True}}, "must include both"),
        ({"OutputBucketName": "no-such-bucket-here"}, "specified S3 bucket can't be accessed"),
        ({"Media": {"MediaFileUri": "s3://no-such-bucket-here/a"}}, "doesn't point to an S3 obj"),
    ],
)
def test_a_request_that_makes_no_sense_here_is_refused(
    transcribe, put, asked, refused, more, complaint
):
    code, message = refused(
        transcribe.start_transcription_job, **asked(put("a.wav", silence(1)), **more)
    )
    assert code == "BadRequestException"
    assert re.search(complaint, message)


def test_without_an_output_bucket_the_sandbox_says_so(transcribe, put, asked, refused):
    arguments = asked(put("a.wav", silence(1)))
    del arguments["OutputBucketName"], arguments["OutputKey"]
    code, message = refused(transcribe.start_transcription_job, **arguments)
    assert code == "BadRequestException"
    assert message.endswith("give OutputBucketName")


def test_media_may_be_named_by_a_url(put, run, bucket):
    put("a folder/a.wav", silence(1))
    for uri in (
        f"s3://{bucket}/a folder/a.wav",
        f"https://s3.us-east-1.amazonaws.com/{bucket}/a%20folder/a.wav",
        f"https://{bucket}.s3.us-east-1.amazonaws.com/a%20folder/a.wav",
    ):
        assert run(uri)["TranscriptionJobStatus"] == "COMPLETED"


def test_more_than_the_quota_is_throttled(sandbox):
    client = sandbox.client(
        "transcribe", region_name="eu-central-1", retries={"total_max_attempts": 1}
    )
    refusals = []
    for _ in range(20):
        try:
            client.list_transcription_jobs()
        except client.exceptions.ClientError as error:
            refusals.append(error.response["Error"])
    assert 0 < len(refusals) <= 15
    assert refusals[0]["Code"] == "ThrottlingException"


def test_a_vocabulary_has_one_name_and_one_language(transcribe, refused, unique, put):
    named = {"VocabularyName": unique("vocabulary")}
    wanted = named | {"LanguageCode": "en-US", "Phrases": ["Robert-Miller"]}
    transcribe.create_vocabulary(**wanted)
    assert refused(transcribe.create_vocabulary, **wanted)[0] == "ConflictException"
    transcribe.delete_vocabulary(**named)
    for operation in (transcribe.get_vocabulary, transcribe.delete_vocabulary):
        assert refused(operation, **named)[0] == "NotFoundException"
    for more, complaint in (
        ({"LanguageCode": "de-DE"}, "has en-US only"),
        ({"VocabularyFileUri": "s3://bucket/key"}, "either Phrases or VocabularyFileUri"),
    ):
        code, message = refused(transcribe.create_vocabulary, **wanted | more)
        assert code == "BadRequestException"
        assert complaint in message
    table = put("table.txt", b"Phrase\tDisplayAs\nmister-x\tMr. X\n")
    transcribe.create_vocabulary(**named, LanguageCode="en-US", VocabularyFileUri=table)


def job(name, *, may_wait=False):
    execution = {"AllowDeferredExecution": may_wait, "DataAccessRoleArn": "role"}
    request = {"TranscriptionJobName": name, "JobExecutionSettings": execution}
    return Job(request, ("bucket", "key"), "key id")


def test_as_many_jobs_run_as_may_and_the_rest_wait_their_turn():
    jobs = Jobs(at_once=2)
    a, b, c, d = (job(name, may_wait=True) for name in "abcd")
    for each in (a, b, c, d):
        jobs.add(each)
    assert [each.status for each in (a, b, c, d)] == ["IN_PROGRESS"] * 2 + ["QUEUED"] * 2
    assert [*jobs.next()] == []
    b.end()
    assert [*jobs.next()] == [c]
    assert (c.status, d.status) == ("IN_PROGRESS", "QUEUED")
    assert c.described()["StartTime"] >= c.created
    assert "StartTime" not in d.described()


def test_a_job_that_does_not_want_to_wait_is_refused():
    jobs = Jobs(at_once=1)
    jobs.add(job("a"))
    with pytest.raises(FullError):
        jobs.add(job("b"))
    with pytest.raises(ConflictError):
        jobs.add(job("a"))
    assert jobs.find("b") is None


def test_a_job_that_took_the_name_of_another_is_not_that_other():
    jobs, first, second = Jobs(), job("a"), job("a")
    jobs.add(first)
    jobs.remove("a")
    jobs.add(second)
    assert jobs.has(second)
    assert not jobs.has(first)


@pytest.fixture
def service():
    """Make a service of its own, with one running job."""
    made, jobs, running = Transcribe(Engine()), Jobs(), job("running")
    jobs.add(running)
    made._jobs[(responses.get_account_id(), responses.get_region())] = jobs
    return made, jobs, running


def test_a_running_job_cannot_be_deleted(service):
    made, jobs, running = service
    with pytest.raises(ServiceError) as raised:
        made.delete_job({"TranscriptionJobName": "running"})
    assert raised.value.code == "BadRequestException"
    running.end()
    made.delete_job({"TranscriptionJobName": "running"})
    assert not jobs.has(running)


def test_a_reset_drops_what_is_running(service):
    made, jobs, running = service
    made.reset()
    assert not jobs.has(running)
    transcribing.Runner(Engine())._do(jobs, running)
    assert running.status == "IN_PROGRESS"
