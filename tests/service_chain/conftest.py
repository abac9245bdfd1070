"""An AWS that checks every request's shape, and machines with those who judge them."""

import functools
import importlib
import io
import itertools
import json
import operator
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.response import StreamingBody

from service_chain import ask_aws
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import Stage, link, stages
from stacks.service_chain.stages.abnormal_ending import record_abnormal_ending
from stacks.service_chain.stages.transcription_callback import transcription_callback
from stacks.settings import Settings, SettingsError, load_settings
from testing import recordings
from testing.oracles import verdicts
from testing.results_bucket import ResultsBucket
from testing.stubs import Kept, Stubs, clients_of

SWITCHES = {
    "transcribe": ("true", "false"),
    "translate_to": ("[]", "['es']", "['es', 'fr']"),
    "comprehend": ("true", "false"),
    "analyze": ("all", "none"),
    "redact": ("true", "false"),
    "speak": ("true", "false"),
    "language": ("", "en-US"),
}


class Aws(Stubs):
    """S3 and Step Functions that answer as a test says."""

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
    return clients_of("s3", "stepfunctions")


@pytest.fixture
def aws(environment, clients, monkeypatch) -> Iterator[Aws]:
    """Give the functions an AWS; what a test announces has to happen, and nothing else may."""
    made = SimpleNamespace(client=lambda service, config: clients[service])
    monkeypatch.setattr(ask_aws, "boto3", made)
    ask_aws.client.cache_clear()
    stubs = Aws(clients)
    with stubs.active():
        yield stubs
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


@pytest.fixture
def bucket(environment, clients, monkeypatch) -> Iterator[ResultsBucket]:
    """Give the functions a results bucket that holds what a test, or they, put into it."""
    made = SimpleNamespace(client=lambda service, config: clients[service])
    monkeypatch.setattr(ask_aws, "boto3", made)
    ask_aws.client.cache_clear()
    with ResultsBucket(clients["s3"]) as results:
        yield results
    ask_aws.client.cache_clear()


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """Make recordings, whose headers are as real ones."""
    return recordings


@pytest.fixture(scope="session")
def make_machine() -> Callable[..., dict[str, Any]]:
    """Describe the chain, with the default settings but for what is said."""
    return _machine


def _machine(**overrides: str) -> dict[str, Any]:
    return link(_stages(**overrides), _settings(**overrides).of(ServiceChain))


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
        "record_abnormal_ending": record_abnormal_ending(_settings().of(ServiceChain)),
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
    return verdicts
