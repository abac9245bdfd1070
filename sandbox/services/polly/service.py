"""Amazon Polly's synthesis tasks and voices: the objects are real, the speech is tones."""

import asyncio
import contextvars
import json
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, error_replies, request_validation
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import PARTITION, Reply, ServiceError
from sandbox.core.quotas import Quota
from sandbox.core.rest_json import Routes
from sandbox.core.upstream import iam_actions, responses
from sandbox.iam import authorization
from sandbox.services.kms import keys
from sandbox.services.polly import requests
from sandbox.services.polly.sound import FORMS, Form, hum
from sandbox.services.polly.voices import VOICES, Voice
from sandbox.services.s3.upstream import s3

# Limits and quotas: "Quotas in Amazon Polly" in its developer guide.
MOST_BILLED, MOST_CHARACTERS = 100_000, 200_000
STARTS_PER_SECOND = {"standard": 10.0, "neural": 10.0, "long-form": 1.0, "generative": 1.0}
LOOKS_PER_SECOND = 10.0  # GetSpeechSynthesisTask and ListSpeechSynthesisTasks together
VOICES_PER_SECOND = 80.0

_NOT_WRITTEN = (
    "Error occurred while trying to upload file to S3. Please verify that the bucket exists in "
    "this region and that you have permission to write objects to the specified path."
)
_ECHOED = (
    "Engine",
    "LanguageCode",
    "LexiconNames",
    "OutputFormat",
    "SpeechMarkTypes",
    "TextType",
    "VoiceId",
)

Members = Mapping[str, Any]


def install() -> None:
    """Add Polly, which the emulator lacks."""
    polly = Polly()
    emulator.serve("polly", polly.handle, reset=polly.reset)
    iam_actions._BOTOCORE_SERVICE_MAP["polly"] = ["polly"]


class Polly:
    """The tasks of all accounts; one is synthesized at a time."""

    def __init__(self) -> None:
        self._quota = Quota()
        self._busy = threading.Lock()
        self._routes = Routes("polly", "Polly", self._operations())
        self._tasks: dict[tuple[str, str, str], dict[str, Any]] = {}

    def reset(self) -> None:
        """Forget every task; one that is being synthesized then writes nothing."""
        self._quota.reset()
        self._tasks.clear()

    async def handle(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | str,
        query: Mapping[str, Any],
    ) -> Reply:
        """Answer a request."""
        try:
            name, request = self._routes.request(method, path, body, query)
            if found := request_validation.violations("polly", name, request):
                raise requests.refusal(found)
            reply = await asyncio.to_thread(self._operations()[name], request)
        except ServiceError as error:
            return error_replies.error("polly", headers, error.code, error.message, error.status)
        return 200, {"Content-Type": "application/json"}, json.dumps(reply).encode()

    def _operations(self) -> dict[str, Callable[[Members], Members]]:
        return {
            "StartSpeechSynthesisTask": self._start,
            "GetSpeechSynthesisTask": self._get,
            "ListSpeechSynthesisTasks": self._list,
            "DescribeVoices": self._describe_voices,
        }

    def _admit(self, kind: str, rate: float) -> None:
        if not self._quota.take((responses.get_account_id(), responses.get_region(), kind), rate):
            raise ServiceError("ThrottlingException", "Rate exceeded")

    def _start(self, request: Members) -> Members:
        engine = request.get("Engine", "standard")
        self._admit(f"Start {engine}", STARTS_PER_SECOND[engine])
        requests.require_kept(request)
        voice = VOICES[request["VoiceId"]]
        requests.require_voice(voice, engine, request.get("LanguageCode"))
        form = FORMS[request["OutputFormat"]]
        rate = requests.sample_rate(request, engine, form.rates)
        words = (
            requests.words_of(request["Text"])
            if request.get("TextType") == "ssml"
            else request["Text"]
        )
        if len(words) > MOST_BILLED or len(request["Text"]) > MOST_CHARACTERS:
            raise ServiceError(
                "TextLengthExceededException",
                "Maximum text length has been exceeded: a task has at most "
                f"{MOST_BILLED} billed characters of {MOST_CHARACTERS}",
            )
        task_id = str(uuid.uuid4())
        bucket, prefix = request["OutputS3BucketName"], request.get("OutputS3KeyPrefix", "")
        key = f"{prefix}.{task_id}.{form.ending}" if prefix else f"{task_id}.{form.ending}"
        task: dict[str, Any] = {
            "TaskId": task_id,
            "TaskStatus": "scheduled",
            "OutputUri": f"https://s3.{responses.get_region()}.amazonaws.com/{bucket}/{key}",
            "CreationTime": int(CLOCK.time()),
            "RequestCharacters": len(words),
            "SampleRate": str(rate),
            **{name: request[name] for name in _ECHOED if name in request},
        }
        known = self._key(task_id)
        self._tasks[known] = task

        def work() -> None:
            with self._busy, emulator.acting_as(caller):
                if known not in self._tasks:
                    return
                task["TaskStatus"] = "inProgress"
                try:
                    sound = hum(words, form, rate)
                    refused = known in self._tasks and _write(bucket, key, sound, form, len(words))
                except Exception as error:  # nobody else would hear of it
                    refused = f"{type(error).__name__}: {error}"
                if refused:
                    task["TaskStatusReason"] = f"{_NOT_WRITTEN} ({refused})"
                task["TaskStatus"] = "failed" if refused else "completed"

        caller = emulator.caller()
        emulator.reply_header("x-sandbox-synthetic", "speech")
        reply = {"SynthesisTask": dict(task)}
        run = contextvars.copy_context().run  # the caller's account and Region
        threading.Thread(target=run, args=(work,), daemon=True).start()
        return reply

    def _get(self, request: Members) -> Members:
        self._admit("look", LOOKS_PER_SECOND)
        task = self._tasks.get(self._key(request["TaskId"]))
        if task is None:
            raise ServiceError(
                "SynthesisTaskNotFoundException",
                "The Speech Synthesis task with requested Task ID cannot be found.",
            )
        return {"SynthesisTask": dict(task)}

    def _list(self, request: Members) -> Members:
        self._admit("look", LOOKS_PER_SECOND)
        mine = [
            dict(task)
            for key, task in list(self._tasks.items())
            if key[:2] == self._key("")[:2]
            and request.get("Status", task["TaskStatus"]) == task["TaskStatus"]
        ]
        mine.reverse()  # the newest first
        token = request.get("NextToken") or "0"
        if not token.isdecimal() or int(token) > len(mine):
            raise ServiceError("InvalidNextTokenException", "The NextToken is invalid.")
        begin = int(token)
        end = begin + request.get("MaxResults", 100)
        more = {"NextToken": str(end)} if end < len(mine) else {}
        return {"SynthesisTasks": mine[begin:end], **more}

    def _describe_voices(self, request: Members) -> Members:
        self._admit("voices", VOICES_PER_SECOND)
        engine, language = request.get("Engine"), request.get("LanguageCode")
        more = request.get("IncludeAdditionalLanguageCodes", False)
        found = list(VOICES.values())
        if engine is not None:
            found = [voice for voice in found if engine in voice.engines]
        if language is not None:
            found = [v for v in found if v.language == language or (more and v.speaks(language))]
        return {"Voices": [_described(voice) for voice in found]}

    def _key(self, task_id: str) -> tuple[str, str, str]:
        return responses.get_account_id(), responses.get_region(), task_id


def _write(bucket: str, key: str, sound: bytes, form: Form, characters: int) -> str:
    """Write the object as the caller; says why it could not be."""
    arn = f"arn:{PARTITION}:s3:::{bucket}/{key}"
    if denied := authorization.denial(authorization.request_caller(), "s3:PutObject", arn):
        return denied
    headers = {
        "content-type": form.content_type,
        "content-length": str(len(sound)),
        "x-amz-meta-requestcharacters": str(characters),
        "x-amz-meta-sandbox-synthetic": "speech",
    }
    with keys.asked_again():
        status, _, body = s3._put_object(bucket, key, sound, headers)
    return "" if status == 200 else body.decode(errors="replace")


def _described(voice: Voice) -> dict[str, Any]:
    more = list(voice.more_languages)
    return {
        "Gender": voice.gender,
        "Id": voice.name,
        "LanguageCode": voice.language,
        "LanguageName": voice.language_name,
        "Name": voice.name,
        "SupportedEngines": list(voice.engines),
        **({"AdditionalLanguageCodes": more} if more else {}),
    }
