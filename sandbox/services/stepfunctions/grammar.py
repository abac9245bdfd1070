"""The fields of each type of state, and what they may hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.services.stepfunctions import calls
from sandbox.services.stepfunctions.expressions import is_expression
from sandbox.services.stepfunctions.findings import INVALID, Problem

LONGEST_NAME = 80

_COMMON = "Type Comment QueryLanguage"
_GO = "Next End"
_HANDLE = "Retry Catch"
_MAP = (
    "ItemProcessor ItemSelector MaxConcurrency Label ItemReader ItemBatcher ResultWriter "
    "ToleratedFailurePercentage ToleratedFailureCount"
)
_PATHS = "InputPath OutputPath"
_RESULT = "Parameters ResultSelector ResultPath"
_FIELDS = {
    "JSONata": {
        "Pass": f"Output Assign {_GO}",
        "Task": f"Resource Arguments Output Assign {_HANDLE} TimeoutSeconds HeartbeatSeconds "
        f"Credentials {_GO}",
        "Choice": "Choices Default Output Assign",
        "Wait": f"Seconds Timestamp Output Assign {_GO}",
        "Succeed": "Output",
        "Fail": "Error Cause",
        "Parallel": f"Branches Arguments Output Assign {_HANDLE} {_GO}",
        "Map": f"Items {_MAP} Output Assign {_HANDLE} {_GO}",
    },
    "JSONPath": {
        "Pass": f"{_PATHS} Parameters Result ResultPath {_GO}",
        "Task": f"Resource {_PATHS} {_RESULT} {_HANDLE} TimeoutSeconds TimeoutSecondsPath "
        f"HeartbeatSeconds HeartbeatSecondsPath Credentials {_GO}",
        "Choice": f"Choices Default {_PATHS}",
        "Wait": f"Seconds SecondsPath Timestamp TimestampPath {_PATHS} {_GO}",
        "Succeed": _PATHS,
        "Fail": "Error ErrorPath Cause CausePath",
        "Parallel": f"Branches {_PATHS} {_RESULT} {_HANDLE} {_GO}",
        "Map": f"ItemsPath Iterator MaxConcurrencyPath ToleratedFailurePercentagePath "
        f"ToleratedFailureCountPath {_MAP} {_PATHS} {_RESULT} {_HANDLE} {_GO}",
    },
}
_NEEDED = {"Task": ["Resource"], "Choice": ["Choices"], "Parallel": ["Branches"]}
_ENDS = ("Succeed", "Fail", "Choice")


@dataclass(frozen=True)
class Machine:
    """What the states of a machine have in common."""

    kind: str
    language: str

    @classmethod
    def of(cls, definition: Mapping[str, Any], kind: str) -> "Machine":
        """Read a definition's settings."""
        return cls(kind, definition.get("QueryLanguage", "JSONPath"))


def of_state(
    name: str, state: Mapping[str, Any], where: str, machine: Machine
) -> Iterator[Problem]:
    """List what is wrong with one state, whatever follows it."""
    kind, language = state.get("Type"), state.get("QueryLanguage") or machine.language
    if not 1 <= len(name) <= LONGEST_NAME:
        yield Problem(INVALID, f"a state's name has 1 to {LONGEST_NAME} characters", where)
    if language not in _FIELDS or kind not in _FIELDS[language]:
        yield Problem(INVALID, f"{kind} state in {language} is not known", where)
        return
    if language == "JSONPath" and machine.language == "JSONata":
        yield Problem(INVALID, "a JSONata machine has no JSONPath states", f"{where}/QueryLanguage")
    allowed = f"{_COMMON} {_FIELDS[language][kind]}".split()
    if language == "JSONPath" and "Assign" in state:
        yield Problem(
            INVALID, "the sandbox does not know Assign in JSONPath; use JSONata", f"{where}/Assign"
        )
    if "Credentials" in state:
        message = "the sandbox knows no roles of other accounts; leave it out"
        yield Problem(INVALID, message, f"{where}/Credentials")
    for field in state.keys() - {*allowed, "Assign" if language == "JSONPath" else ""}:
        yield Problem(INVALID, f"Field '{field}' is not supported", f"{where}/{field}")
    for field in _NEEDED.get(kind, []):
        if not state.get(field):
            yield Problem(INVALID, f"These fields are required: [{field}]", where)
    if kind not in _ENDS and bool(state.get("Next")) == bool(state.get("End")):
        yield Problem(INVALID, "a state has either Next or End", where)
    yield from _of_kind(state, where, machine, language)
    yield from _handlers(state, where)


def _of_kind(
    state: Mapping[str, Any], where: str, machine: Machine, language: str
) -> Iterator[Problem]:
    match state["Type"]:
        case "Task":
            yield from calls.of_task(state, where, machine.kind, language)
            yield from _clocks(state, where)
        case "Wait":
            given = state.keys() & {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
            if len(given) != 1:
                yield Problem(INVALID, "a Wait has one of Seconds and Timestamp", where)
        case "Choice" if language == "JSONata":
            for number, rule in enumerate(state.get("Choices") or ()):
                at = f"{where}/Choices[{number}]"
                if not is_expression(rule.get("Condition")) and not isinstance(
                    rule.get("Condition"), bool
                ):
                    yield Problem(INVALID, "a Condition is a JSONata expression", at)
                if "Next" not in rule:
                    yield Problem(INVALID, "These fields are required: [Next]", at)
        case "Map":
            yield from _of_map(state, where, machine)


def _clocks(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for field in ("TimeoutSeconds", "HeartbeatSeconds"):
        value = state.get(field, 1)
        if not is_expression(value) and not (isinstance(value, int) and value > 0):
            yield Problem(INVALID, f"{field} is a whole number above 0", f"{where}/{field}")
    beat, limit = state.get("HeartbeatSeconds"), state.get("TimeoutSeconds")
    if isinstance(beat, int) and isinstance(limit, int) and beat >= limit:
        message = "HeartbeatSeconds is smaller than TimeoutSeconds"
        yield Problem(INVALID, message, f"{where}/HeartbeatSeconds")


def _of_map(state: Mapping[str, Any], where: str, machine: Machine) -> Iterator[Problem]:
    flow = state.get("ItemProcessor") or state.get("Iterator")
    if not isinstance(flow, dict):
        yield Problem(INVALID, "These fields are required: [ItemProcessor]", where)
        return
    config = flow.get("ProcessorConfig") or {}
    at = f"{where}/ItemProcessor/ProcessorConfig"
    if config.get("Mode", "INLINE") == "INLINE":
        for field in ("ItemReader", "ItemBatcher", "ResultWriter", "Label"):
            if field in state:
                yield Problem(INVALID, "only a DISTRIBUTED Map has it", f"{where}/{field}")
        return
    if config.get("Mode") != "DISTRIBUTED":
        yield Problem(INVALID, f"Mode is {config.get('Mode')!r}", at)
    if config.get("ExecutionType") not in ("STANDARD", "EXPRESS"):
        yield Problem(INVALID, "ExecutionType is STANDARD or EXPRESS", at)
    if machine.kind == "EXPRESS":
        yield Problem(INVALID, "Express machines have no DISTRIBUTED Map", where)
    reader = state.get("ItemReader") or {}
    kind = (reader.get("ReaderConfig") or {}).get("InputType", "JSON")
    if kind not in ("JSON", "JSONL", "CSV"):
        message = f"the sandbox does not read {kind}; it reads JSON, JSONL and CSV"
        yield Problem(INVALID, message, f"{where}/ItemReader/ReaderConfig/InputType")


def _handlers(state: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for field in ("Retry", "Catch"):
        rules = state.get(field, [])
        for number, rule in enumerate(rules):
            at, names = f"{where}/{field}[{number}]", rule.get("ErrorEquals")
            if not names or not isinstance(names, list):
                yield Problem(INVALID, "These fields are required: [ErrorEquals]", at)
            elif "States.ALL" in names and (len(names) > 1 or number < len(rules) - 1):
                message = "States.ALL stands alone and in the last rule"
                yield Problem(INVALID, message, f"{at}/ErrorEquals")
            if field == "Catch" and "Next" not in rule:
                yield Problem(INVALID, "These fields are required: [Next]", at)
            if field == "Retry":
                yield from _retrier(rule, at)


def _retrier(rule: Mapping[str, Any], at: str) -> Iterator[Problem]:
    interval, longest = rule.get("IntervalSeconds", 1), rule.get("MaxDelaySeconds")
    if not isinstance(interval, int) or interval < 1:
        yield Problem(INVALID, "IntervalSeconds is a whole number above 0", at)
    elif longest is not None and not (isinstance(longest, int) and interval < longest < 31_622_400):
        yield Problem(INVALID, "MaxDelaySeconds is above IntervalSeconds, below 31622400", at)
    attempts, rate = rule.get("MaxAttempts", 3), rule.get("BackoffRate", 2.0)
    if not isinstance(attempts, int) or not 0 <= attempts <= 99_999_999:
        yield Problem(INVALID, "MaxAttempts is 0 to 99999999", at)
    if not isinstance(rate, int | float) or rate < 1:
        yield Problem(INVALID, "BackoffRate is 1.0 or more", at)
    if rule.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
        yield Problem(INVALID, "JitterStrategy is FULL or NONE", at)
    allowed = {
        "ErrorEquals", "IntervalSeconds", "MaxDelaySeconds", "MaxAttempts", "BackoffRate",
        "JitterStrategy", "Comment",
    }  # fmt: skip
    for field in rule.keys() - allowed:
        yield Problem(INVALID, f"Field '{field}' is not supported", f"{at}/{field}")
