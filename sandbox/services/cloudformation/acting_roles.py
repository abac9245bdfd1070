"""CloudFormation acts as whoever asks for a change, or as the role that the stack was given."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from sandbox.core import emulator, patching
from sandbox.core.emulator import PARTITION, Handler, Reply
from sandbox.core.upstream import gateway, responses
from sandbox.iam import authorization, passed_roles, sessions
from sandbox.iam.further_rights import Right
from sandbox.services.cloudformation import type_actions
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.cloudformation.upstream import cloudformation, stacks

_PRINCIPAL = "cloudformation.amazonaws.com"
_CHANGES = (
    "CreateStack",
    "UpdateStack",
    "DeleteStack",
    "CreateChangeSet",
    "ExecuteChangeSet",
    "RollbackStack",
    "ContinueUpdateRollback",
)
_BECAUSE = "CloudFormation has the rights of its caller or of the stack's role, and no more"
_roles: dict[tuple[str, str, str], str] = {}  # by account, Region and name of the stack


def install() -> None:
    """Act as the right principal, and ask what it may."""
    patching.wrap_item(
        gateway, "SERVICE_HANDLERS", ("cloudformation",), _as_its_role, because=_BECAUSE
    )
    patching.wrap(stacks, "_provision_resource", _made, because=_BECAUSE)
    patching.wrap(stacks, "_update_resource", _changed, because=_BECAUSE)
    patching.wrap(stacks, "_delete_resource", _ended, because=_BECAUSE)


def _as_its_role(answer: Handler) -> Handler:
    async def answered(
        method: str, path: str, headers: dict[str, str], body: Any, query: dict[str, Any]
    ) -> Reply:
        text = body if isinstance(body, str) else (body or b"").decode()
        asked = {name: values[0] for name, values in parse_qs(text).items()}
        try:
            key = _key(asked) if asked.get("Action") in _CHANGES else None
        except sessions.NotAssumableError:
            refused: Reply = (
                400,
                {"Content-Type": "text/xml"},
                _NOT_ASSUMABLE.format(role=asked.get("RoleARN", "")).encode(),
            )
            return refused
        # What is done later is done in tasks that begin here, and so in this context.
        with emulator.acting_as(key) if key else contextlib.nullcontext():
            return await answer(method, path, headers, body, query)

    return answered


_NOT_ASSUMABLE = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>"
    "<Message>Role {role} is invalid or cannot be assumed</Message></Error></ErrorResponse>"
)


def _key(asked: Mapping[str, str]) -> str | None:
    """Open a session of the role of a stack, which it keeps for later changes."""
    name = asked.get("StackName", "")
    name = name.split(":stack/")[1].partition("/")[0] if ":stack/" in name else name
    stack = responses.get_account_id(), responses.get_region(), name
    if role := asked.get("RoleARN"):
        _roles[stack] = role
    role = _roles.get(stack, "") if asked.get("RoleARN") or name in cloudformation._stacks else ""
    return sessions.assume(role, service=_PRINCIPAL, session=name[:64]) if role else None


def _may_do_all() -> bool:
    caller = authorization.request_caller()
    return caller is None or caller.policies is None


def _require(rights: Iterator[Right]) -> None:
    caller = authorization.request_caller()
    for right in rights:
        why = authorization.denial(caller, right.action, right.resource_arn, right.context)
        if why is not None:
            raise ValueError(f"{why} (Service: CloudFormation, Status Code: 403)")


def _passed(cfn_type: str, properties: Any) -> Iterator[Right]:
    return passed_roles.of_properties(type_actions.service_of(cfn_type), plain(properties))


def _own(action: str | None, cfn_type: str, physical_id: str, found: Any) -> Iterator[Right]:
    if action is not None:
        yield Right(action, _arn(cfn_type, physical_id, found or {}))


def _arn(cfn_type: str, physical_id: str, found: Mapping[str, Any]) -> str:
    if cfn_type.startswith("AWS::S3::Bucket"):
        return f"arn:{PARTITION}:s3:::{physical_id.removesuffix('-policy')}"
    known = (physical_id, found.get("Arn"), found.get("TopicArn"), found.get("QueueArn"))
    return next((str(one) for one in known if str(one).startswith("arn:")), "*")


def _made(original: Callable[..., Any]) -> Callable[..., Any]:
    def make(cfn_type: str, logical_id: str, properties: Any, stack: str) -> Any:
        if _may_do_all() or not cfn_type.startswith("AWS::"):
            return original(cfn_type, logical_id, properties, stack)
        _require(_passed(cfn_type, properties))
        made = original(cfn_type, logical_id, properties, stack)
        try:  # only now it has the name on which the right must be
            _require(_own(type_actions.making(cfn_type), cfn_type, *made[:2]))
        except ValueError:
            with contextlib.suppress(Exception):  # the refusal matters, not a failed clean-up
                stacks._delete_resource(cfn_type, made[0], plain(properties), stack, logical_id)
            raise
        return made

    return make


def _changed(original: Callable[..., Any]) -> Callable[..., Any]:
    def change(cfn_type: str, physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
        if cfn_type.startswith("AWS::") and old != new and not _may_do_all():
            _require(_passed(cfn_type, new))
        return original(cfn_type, physical_id, old, new, *rest)

    return change


def _ended(original: Callable[..., Any]) -> Callable[..., Any]:
    def end(cfn_type: str, physical_id: str, properties: Any, *rest: Any) -> Any:
        if cfn_type.startswith("AWS::") and not _may_do_all():
            _require(_own(type_actions.ending(cfn_type), cfn_type, physical_id, {}))
        return original(cfn_type, physical_id, properties, *rest)

    return end
