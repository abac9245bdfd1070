"""Topic rules: what would be skipped is refused, and what is done needs the rights of its role."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.iam import problems
from sandbox.services.iot import rule_actions
from sandbox.services.iot.upstream import iot


def install() -> None:
    """Check rules where they are made, and do their actions.

    The emulator evaluates the SQL, and gives an action that fails to the rule's error action.
    """
    patching.wrap(
        iot,
        "_validate_rule_sql",
        _evaluable,
        because="a function of SQL that it lacks is undefined there, and so no rule ever fires",
    )
    patching.wrap(
        iot,
        "put_topic_rule",
        _checked,
        because="an action that it does not know is skipped without a word",
    )
    patching.replace(
        iot,
        "_dispatch_rule_action",
        _act,
        because="an action is done as its role, whose trust and rights it does not ask for",
    )


def _evaluable(original: Callable[[str], str | None]) -> Callable[[str], str | None]:
    def validate(sql: str) -> str | None:
        if lacking := iot._unimplemented_sql_functions(sql):
            return f"the sandbox does not evaluate {', '.join(lacking)}() in a topic rule"
        answer: str | None = original(sql)
        return answer

    return validate


def _checked(original: Callable[..., Any]) -> Callable[..., Any]:
    def put(name: str, payload: Mapping[str, Any], *, created_at: float | None = None) -> Any:
        for action in [*(payload.get("actions") or ()), payload.get("errorAction")]:
            if action:
                rule_actions.require_known(action)
        return original(name, payload, created_at=created_at)

    return put


async def _act(
    account_id: str, region: str, rule: str, action: Mapping[str, Any], event: Any
) -> None:
    """Do one action; raises what the rule's error action is told of."""
    with iot.request_scope(account_id, region):
        try:
            rule_actions.do(iot._topic_rule_arn(rule), rule, action, event)
        except rule_actions.ActionError as failure:
            problems.report("delivery", f"topic rule {rule}: {failure}")
            raise
