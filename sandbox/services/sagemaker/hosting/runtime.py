"""The runtime's requests, which name their endpoint in a path: who may, and who answers."""

import asyncio
import contextvars
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sandbox.core import patching
from sandbox.core.emulator import Reply, ServiceError
from sandbox.core.upstream import iam_actions, responses
from sandbox.services.sagemaker import names, operations
from sandbox.services.sagemaker.hosting import asynchronous, invocations
from sandbox.services.sagemaker.hosting.variants import Question

_PATH = re.compile(r"/endpoints/(?P<name>[^/]+)/(?P<what>[a-z-]+)")
_ACTIONS = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
    "invocations-bidirectional-stream": "InvokeEndpointWithBidirectionalStream",
}
_HEADER = "x-amzn-sagemaker-"
_NOT_CARRIED = ("enable-explanations", "inference-component", "session-id", "prefix-aware-id")
_BECAUSE = "the runtime's requests name their action and their endpoint in the path"
_JSON = "application/json"
# As many as may wait for slow models without others waiting for them.
_POOL = ThreadPoolExecutor(64, thread_name_prefix="ThreadPoolExecutor-invocations")


def install() -> None:
    """Serve what is below the path, and tell IAM of it."""
    operations.add_path("/endpoints/", handle)
    patching.wrap(iam_actions, "extract_iam_action", _action, because=_BECAUSE)
    patching.wrap(iam_actions, "extract_resource_arn", _resource, because=_BECAUSE)
    patching.wrap(
        responses,
        "_expected_envelope_content_type",
        _content_type,
        because="what a model answers keeps the type that the model gives it",
    )


async def handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes | str, query: Any
) -> Reply:
    """Answer a request of the runtime."""
    found = _PATH.fullmatch(path)
    serve = _SERVED.get(found["what"]) if found else None
    if found is None or serve is None or method != "POST":
        what = _ACTIONS.get(found["what"], path) if found else path
        return _error(ServiceError("ValidationError", f"the sandbox does not have {what}"))
    raw = body.encode() if isinstance(body, str) else bytes(body or b"")
    call = partial(serve, found["name"], headers, raw)
    run = contextvars.copy_context().run
    try:
        return await asyncio.get_running_loop().run_in_executor(_POOL, run, call)
    except ServiceError as error:
        return _error(error)
    except invocations.ModelFailedError as error:
        kind = {"Content-Type": _JSON, "x-amzn-errortype": "ModelError"}
        return 424, kind, invocations.error_body(error)


def _invoke(name: str, headers: Mapping[str, str], body: bytes) -> Reply:
    for header in _NOT_CARRIED:
        if headers.get(_HEADER + header):
            raise invocations.refused(f"the sandbox does not carry {_HEADER}{header}")
    question = Question(
        body=body,
        content_type=headers.get("content-type", ""),
        accept=headers.get("accept", ""),
        custom_attributes=headers.get(f"{_HEADER}custom-attributes", ""),
        target_model=headers.get(f"{_HEADER}target-model", ""),
        target_variant=headers.get(f"{_HEADER}target-variant", ""),
        target_container=headers.get(f"{_HEADER}target-container-hostname", ""),
        inference_id=headers.get(f"{_HEADER}inference-id", ""),
    )
    variant, answer = invocations.invoke(name, question)
    told = {
        "Content-Type": answer.content_type,
        "x-Amzn-Invoked-Production-Variant": variant,
    }
    if answer.custom_attributes:
        told["X-Amzn-SageMaker-Custom-Attributes"] = answer.custom_attributes
    return 200, told, answer.body


def _invoke_later(name: str, headers: Mapping[str, str], body: bytes) -> Reply:
    for header in ("s3outputpathextension", "filename"):
        if headers.get(_HEADER + header):
            raise invocations.refused(f"the sandbox does not carry {_HEADER}{header}")
    if body:
        raise invocations.refused("the sandbox does not carry a Body; give InputLocation")
    order = asynchronous.take(
        name,
        source=headers.get(f"{_HEADER}inputlocation", ""),
        content_type=headers.get(f"{_HEADER}content-type", ""),
        accept=headers.get(f"{_HEADER}accept", ""),
        custom_attributes=headers.get(f"{_HEADER}custom-attributes", ""),
        inference_id=headers.get(f"{_HEADER}inference-id", ""),
        seconds=headers.get(f"{_HEADER}invocationtimeoutseconds", ""),
    )
    told = {"Content-Type": _JSON, "X-Amzn-SageMaker-OutputLocation": order.output}
    if order.failure:
        told["X-Amzn-SageMaker-FailureLocation"] = order.failure
    return 202, told, json.dumps({"InferenceId": order.inference_id}).encode()


_SERVED: dict[str, Callable[[str, Mapping[str, str], bytes], Reply]] = {
    "invocations": _invoke,
    "async-invocations": _invoke_later,
}


def _error(error: ServiceError) -> Reply:
    kind = {"Content-Type": _JSON, "x-amzn-errortype": error.code}
    return error.status, kind, json.dumps({"Message": error.message}).encode()


def _action(original: Callable[..., Any]) -> Callable[..., Any]:
    def action(service: str, method: str, path: str, *rest: Any) -> Any:
        found = _PATH.fullmatch(path) if service == "sagemaker" else None
        if found is None:
            return original(service, method, path, *rest)
        return f"sagemaker:{_ACTIONS.get(found['what'], 'InvokeEndpoint')}"

    return action


def _resource(original: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, *rest: Any) -> str:
        found = _PATH.fullmatch(path) if service == "sagemaker" else None
        if found is None:
            return original(service, method, path, *rest)
        return names.arn("endpoint", found["name"])

    return resource


def _content_type(original: Callable[..., Any]) -> Callable[..., Any]:
    def expected(service: str, emitted: str, *rest: Any) -> Any:
        is_models = service == "sagemaker" and "amz-json" not in emitted
        return None if is_models else original(service, emitted, *rest)

    return expected
