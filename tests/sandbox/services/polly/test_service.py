"""Polly as an SDK and a state machine see it: tasks, objects, voices, limits, permissions."""

import io

import botocore.session
import pytest
import soundfile

from sandbox.services.polly.sound import FORMS, hum
from sandbox.services.polly.voices import VOICES

MODEL = botocore.session.get_session().get_service_model("polly")
HELLO = {"Text": "Hello world", "OutputFormat": "mp3", "VoiceId": "Joanna"}
UNPERMITTED = "Error occurred while trying to upload file to S3."


def start(client, bucket, **more):
    return client.start_speech_synthesis_task(**{**HELLO, "OutputS3BucketName": bucket, **more})


def test_a_task_writes_its_sound_to_the_bucket(sandbox, polly, bucket, spoken):
    reply = start(polly, bucket, OutputS3KeyPrefix="a/b", Engine="neural")
    assert reply["ResponseMetadata"]["HTTPHeaders"]["x-sandbox-synthetic"] == "speech"
    task = reply["SynthesisTask"]
    assert (task["TaskStatus"], task["RequestCharacters"]) == ("scheduled", 11)
    ended = spoken(task["TaskId"])
    assert ended["TaskStatus"] == "completed"
    key = f"a/b.{task['TaskId']}.mp3"
    assert ended["OutputUri"].endswith(f"/{bucket}/{key}")
    found = sandbox.client("s3").get_object(Bucket=bucket, Key=key)
    assert found["ContentType"] == "audio/mpeg"
    assert found["Metadata"]["sandbox-synthetic"] == "speech"
    assert soundfile.info(io.BytesIO(found["Body"].read())).samplerate == 24000


def test_without_a_prefix_the_key_is_the_task(sandbox, polly, bucket, spoken):
    task = spoken(start(polly, bucket, OutputFormat="ogg_vorbis")["SynthesisTask"]["TaskId"])
    listed = sandbox.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert [entry["Key"] for entry in listed] == [f"{task['TaskId']}.ogg"]


def test_tasks_are_listed_by_their_status(polly, bucket, spoken):
    first = spoken(start(polly, bucket)["SynthesisTask"]["TaskId"])
    listed = polly.list_speech_synthesis_tasks(Status="completed", MaxResults=1)
    assert len(listed["SynthesisTasks"]) == 1
    done = polly.list_speech_synthesis_tasks(Status="completed")["SynthesisTasks"]
    assert first["TaskId"] in {task["TaskId"] for task in done}
    failed = polly.list_speech_synthesis_tasks(Status="failed")["SynthesisTasks"]
    assert first["TaskId"] not in {task["TaskId"] for task in failed}


def test_an_unknown_task_is_not_found(polly, refused):
    code, _ = refused(polly.get_speech_synthesis_task, TaskId="nobody")
    assert code == "SynthesisTaskNotFoundException"


def test_a_bucket_that_is_not_there_fails_the_task(polly, unique, spoken):
    task = spoken(start(polly, unique("nowhere"))["SynthesisTask"]["TaskId"])
    assert task["TaskStatus"] == "failed"
    assert task["TaskStatusReason"].startswith(UNPERMITTED)


def test_a_task_may_have_100000_billed_characters_and_not_one_more(polly, bucket, refused):
    few_words = "x" * 100_000
    started = start(polly, bucket, Text=few_words, OutputFormat="pcm")
    assert started["SynthesisTask"]["RequestCharacters"] == 100_000
    code, _ = refused(start, client=polly, bucket=bucket, Text=few_words + "x")
    assert code == "TextLengthExceededException"


def test_tags_are_not_billed_and_a_text_with_them_has_200000_at_most(polly, bucket, refused):
    room = 200_000 - len("<speak></speak>") - 2
    tags = "<speak>" + "<p/>" * (room // 4) + " " * (room % 4) + "hi</speak>"
    assert len(tags) == 200_000
    ssml = {"TextType": "ssml", "OutputFormat": "pcm"}
    billed = start(polly, bucket, Text=tags, **ssml)["SynthesisTask"]["RequestCharacters"]
    assert billed == room % 4 + 2
    over = tags.replace("hi", "hi ")
    code, _ = refused(start, client=polly, bucket=bucket, Text=over, **ssml)
    assert code == "TextLengthExceededException"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"VoiceId": "Conchita", "Engine": "neural"}, "ValidationException"),
        ({"VoiceId": "Olivia"}, "ValidationException"),
        ({"VoiceId": "Nobody"}, "ValidationException"),
        ({"LanguageCode": "fr-FR"}, "LanguageNotSupportedException"),
        ({"SampleRate": "12345"}, "InvalidSampleRateException"),
        ({"SampleRate": "44100", "OutputFormat": "pcm"}, "InvalidSampleRateException"),
        ({"OutputS3BucketName": "Not A Bucket"}, "InvalidS3BucketException"),
        ({"OutputS3KeyPrefix": "sp ace"}, "InvalidS3KeyException"),
        ({"TextType": "ssml", "Text": "<speak>"}, "InvalidSsmlException"),
        ({"TextType": "ssml", "Text": "<p>hi</p>"}, "InvalidSsmlException"),
        ({"SpeechMarkTypes": ["word"]}, "MarksNotSupportedForFormatException"),
        ({"LexiconNames": ["mine"]}, "LexiconNotFoundException"),
    ],
)
def test_what_polly_refuses_is_refused(contract, bucket, refused, wrong, code):
    raw = contract("polly", parameter_validation=False)
    assert refused(start, client=raw, bucket=bucket, **wrong)[0] == code


def test_what_the_sandbox_cannot_do_is_refused(polly, bucket, sandbox, unique, refused):
    topic = sandbox.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    _, message = refused(start, client=polly, bucket=bucket, SnsTopicArn=topic)
    assert "notifies no topic" in message
    _, message = refused(
        start, client=polly, bucket=bucket, OutputFormat="json", SpeechMarkTypes=["word"]
    )
    assert "makes no speech marks" in message
    _, message = refused(polly.list_lexicons)
    assert "StartSpeechSynthesisTask" in message


def test_every_voice_is_one_of_the_api_and_no_voice_is_left_out(polly):
    listed = polly.describe_voices()["Voices"]
    assert {voice["Id"] for voice in listed} == set(MODEL.shape_for("VoiceId").enum)
    assert {voice["LanguageCode"] for voice in listed} <= set(MODEL.shape_for("LanguageCode").enum)
    lupe = next(voice for voice in listed if voice["Id"] == "Lupe")
    assert lupe["LanguageName"] == "US Spanish"
    assert "neural" in lupe["SupportedEngines"]


def test_voices_are_chosen_by_engine_and_language(polly):
    def names(**wanted):
        return {voice["Id"] for voice in polly.describe_voices(**wanted)["Voices"]}

    assert names(LanguageCode="es-US", Engine="neural") == {"Lupe", "Pedro"}
    assert names(LanguageCode="hi-IN") == set()
    assert names(LanguageCode="hi-IN", IncludeAdditionalLanguageCodes=True) == {"Aditi", "Kajal"}


def test_a_caller_over_the_quota_is_throttled(sandbox, bucket, refused):
    client = sandbox.client("polly", region_name="eu-west-3", retries={"total_max_attempts": 1})
    slow = {"bucket": bucket, "Engine": "long-form", "VoiceId": "Danielle"}
    assert start(client, **slow)
    assert refused(start, client=client, **slow) == ("ThrottlingException", "Rate exceeded")


def test_a_caller_needs_the_right_to_start(allowed_to, bucket, refused):
    client = allowed_to("polly", "s3:*", "polly:DescribeVoices")
    assert client.describe_voices()["Voices"]
    code, message = refused(start, client=client, bucket=bucket)
    assert code == "AccessDeniedException"
    assert "polly:StartSpeechSynthesisTask" in message


def test_the_object_is_written_with_the_rights_of_the_caller(allowed_to, bucket, spoken):
    refused = start(allowed_to("polly", "polly:*"), bucket)["SynthesisTask"]
    task = spoken(refused["TaskId"])
    assert task["TaskStatus"] == "failed"
    assert "s3:PutObject" in task["TaskStatusReason"]
    allowed = start(allowed_to("polly", "polly:*", "s3:PutObject"), bucket)["SynthesisTask"]
    assert spoken(allowed["TaskId"])["TaskStatus"] == "completed"


def test_a_state_machine_starts_a_task_with_the_rights_of_its_role(run_task, bucket, spoken):
    # Neural starts have a quota of their own, which the tests before have not used up.
    given = HELLO | {"OutputS3BucketName": bucket, "Engine": "neural"}
    status, output = run_task(
        "polly:startSpeechSynthesisTask", given, "polly:StartSpeechSynthesisTask", "s3:PutObject"
    )
    assert status == "SUCCEEDED"
    task = output["SynthesisTask"]
    assert isinstance(task["CreationTime"], str)
    assert spoken(task["TaskId"])["TaskStatus"] == "completed"
    asked = {"TaskId": task["TaskId"]}
    status, output = run_task("polly:getSpeechSynthesisTask", asked, "polly:GetSpeechSynthesisTask")
    assert output["SynthesisTask"]["TaskStatus"] == "completed"
    error, cause = run_task("polly:startSpeechSynthesisTask", given, "s3:PutObject")
    assert error == "Polly.PollyException"  # the model has no error for it
    assert "not authorized to perform: polly:StartSpeechSynthesisTask" in cause
    unknown = {"TaskId": "nobody"}
    error, _ = run_task("polly:getSpeechSynthesisTask", unknown, "polly:*")
    assert error == "Polly.SynthesisTaskNotFoundException"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_longer_text_sounds_longer_in_every_format(form):
    rate = form.rates[-1]
    sounds = [hum(text, form, rate) for text in ("", "one", "one two three four five six " * 9)]
    assert len(sounds[0]) <= len(sounds[1]) < len(sounds[2])


def test_the_voices_of_the_default_settings_can_be_neural():
    for name in ("Joanna", "Lupe", "Lea", "Vicki"):
        assert {"standard", "neural"} <= set(VOICES[name].engines)
