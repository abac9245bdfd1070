"""A function that transforms records: what it is sent, what it answers, and how it can fail."""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.upstream import responses
from sandbox.faults.occasions import SAID, struck
from sandbox.iam import authorization, problems
from sandbox.services.firehose.buffers import Record
from sandbox.services.lambda_.upstream import lambda_svc

# https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
_LARGEST_ANSWER = 6 * 1024 * 1024
_RESULTS = ("Ok", "Dropped", "ProcessingFailed")


class FailedError(Exception):
    """Records were not transformed: the code and the words that Firehose gives as reason.

    The codes and words are those of
    https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function said of one record; ``failure`` where it is not to be delivered."""

    record: Record
    is_dropped: bool = False
    data: bytes = b""
    keys: Mapping[str, str] = field(default_factory=dict)
    failure: FailedError | None = None


def invoke(
    stream: str, stream_arn: str, role_arn: str, function_arn: str, records: Sequence[Record]
) -> list[Answer]:
    """Send records to a function, as the stream's role. Raises FailedError for all of them."""
    role = authorization.execution_role(role_arn, stream)
    if denied := authorization.denial(role, "lambda:InvokeFunction", function_arn):
        problems.report("delivery", f"{stream} cannot transform its records: {denied}")
        raise FailedError(
            "Lambda.InvokeAccessDenied",
            "Access was denied. Ensure that the access policy allows access to the Lambda "
            "function.",
        )
    func, config, _ = lambda_svc._get_func_record_for_ref(function_arn)
    if not func or not config:
        raise FailedError(
            "Lambda.ResourceNotFoundException",
            "The specified Lambda function does not exist. Use a different function that does "
            "exist.",
        )
    if rule := struck("lambda:InvokeFunction"):
        raise FailedError("Lambda.FunctionRequestTimedOut", f"{rule.given['code']} {SAID}")
    event = {
        "invocationId": responses.new_uuid(),
        "deliveryStreamArn": stream_arn,
        "region": responses.get_region(),
        "records": [
            {
                "recordId": record.record_id,
                "approximateArrivalTimestamp": int(record.arrived_at * 1000),
                "data": base64.b64encode(record.data).decode(),
            }
            for record in records
        ],
    }
    result = lambda_svc._execute_function(
        lambda_svc._execution_record_for_config(func, config), event
    )
    if result.get("throttle"):
        raise FailedError(
            "Lambda.InvokeLimitExceeded",
            "The Lambda concurrent execution limit is exceeded. Increase the concurrent "
            "execution limit.",
        )
    if result.get("error") or len(_text(result.get("body"))) > _LARGEST_ANSWER:
        raise FailedError(
            "Lambda.FunctionError",
            "The Lambda function was successfully invoked but it returned an error result.",
        )
    return read(result.get("body"), records)


def read(body: Any, records: Sequence[Record]) -> list[Answer]:
    """Read an answer, record by record. Raises FailedError where it is none at all."""
    try:
        parsed = json.loads(body) if isinstance(body, str | bytes) else body
        answered = [dict(each) for each in parsed["records"]]
    except (ValueError, TypeError, KeyError):
        raise _unreadable() from None
    by_id = {str(each.get("recordId")): each for each in answered}
    times = Counter(str(each.get("recordId")) for each in answered)
    return [_answer(record, by_id.get(record.record_id), times) for record in records]


def _answer(record: Record, said: Mapping[str, Any] | None, times: Counter[str]) -> Answer:
    if said is None:
        return Answer(
            record,
            failure=FailedError(
                "Lambda.MissingRecordId",
                "A record ID is missing in the response from the Lambda function.",
            ),
        )
    if times[record.record_id] > 1:
        return Answer(
            record,
            failure=FailedError(
                "Lambda.DuplicatedRecordId",
                "Multiple records with the same record ID were found in the response from the "
                "Lambda function.",
            ),
        )
    if said.get("result") not in _RESULTS:
        return Answer(record, failure=_unreadable())
    if said["result"] == "ProcessingFailed":
        failed = FailedError(
            "Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record"
        )
        return Answer(record, failure=failed)
    if said["result"] == "Dropped":
        return Answer(record, is_dropped=True)
    try:
        data = base64.b64decode(said.get("data") or "", validate=True)
        keys = (said.get("metadata") or {}).get("partitionKeys") or {}
        return Answer(record, data=data, keys={str(k): str(v) for k, v in keys.items()})
    except (binascii.Error, AttributeError, TypeError):
        return Answer(record, failure=_unreadable())


def _unreadable() -> FailedError:
    return FailedError(
        "Lambda.JsonProcessingException",
        "There was an error parsing returned records from the Lambda function. Ensure that the "
        "returned records follow the status model required by Amazon Data Firehose.",
    )


def _text(body: Any) -> str | bytes:
    return body if isinstance(body, str | bytes) else json.dumps(body)
