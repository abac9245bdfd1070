"""Count every call to every service, and let the fault rules strike."""

import asyncio
import contextlib
import contextvars
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.core import error_replies, patching
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import Handler, Reply
from sandbox.core.upstream import gateway, iam_actions, responses
from sandbox.faults.occasions import BOOK, SAID, struck
from sandbox.faults.rules import Rule
from sandbox.iam import problems
from sandbox.services.events import event_rules
from sandbox.services.events.rule_targets import RETRIES
from sandbox.services.events.upstream import eventbridge
from sandbox.services.lambda_.upstream import lambda_runtime, lambda_svc
from sandbox.services.s3.deletions import is_batch
from sandbox.services.s3.upstream import s3
from sandbox.services.sqs.upstream import sqs

_SHUFFLE_SECONDS = 2.0
_LOOK_SECONDS = 0.01
_DYING_SECONDS = 5.0
_running: dict[Any, object] = {}  # the Lambda workers that are in the middle of an invocation


def install() -> None:
    """Watch all services, the events of S3 and EventBridge, and Lambda's workers."""
    for service, handle in list(gateway.SERVICE_HANDLERS.items()):
        gateway.SERVICE_HANDLERS[service] = _watched(service, handle)
    patching.wrap(
        s3,
        "_deliver_event_to_sqs",
        _disturbed,
        because="fault rules deliver S3's events twice, late and out of order",
    )
    patching.wrap(
        eventbridge,
        "_invoke_target",
        _disturbed_rule,
        because="fault rules lose, repeat, delay and refuse what EventBridge delivers",
    )
    patching.wrap(
        lambda_runtime,
        "Worker.invoke",
        _mortal,
        because="fault rules kill a function while it runs",
    )
    for name, action, nothing in (
        ("_receive_messages_for_esm", "sqs:ReceiveMessage", list),
        ("_delete_messages_for_esm", "sqs:DeleteMessage", lambda: None),
    ):
        patching.wrap(
            sqs,
            name,
            _polled(action, nothing),
            because="fault rules strike the calls of an event source, too",
        )
    patching.wrap(
        lambda_svc,
        "_emit_lambda_logs",
        _lossy,
        because="fault rules strike the writing of a function's log, which loses it",
    )
    patching.wrap(
        gateway, "_reset_all_state", _forgetful, because="a reset drops fault rules and counts"
    )


def _watched(service: str, handle: Handler) -> Handler:
    async def watched(
        method: str, path: str, headers: dict[str, str], body: Any, query: dict[str, Any]
    ) -> Reply:
        raw = body.encode() if isinstance(body, str) else body or b""
        action = iam_actions.extract_iam_action(service, method, path, headers, raw, query)
        if service == "s3" and is_batch(method, path, query):
            action = "s3:DeleteObjects"  # decided key by key, so IAM has no name for the whole
        if service == "sqs":  # nor for a batch, which is another call than the single one
            action = f"sqs:{headers.get('x-amz-target', '').rpartition('.')[2]}"
        action = action or f"{service}:{method}"
        BOOK.call_counts.add(action)
        for rule in BOOK.of("kill_function"):
            if rule.concerns(action):
                await asyncio.to_thread(_kill_running, rule)
        broken, rules = None, BOOK.of("action")
        resource = _resource(service, method, path, headers, raw, query) if rules else ""
        for rule in rules:
            if rule.concerns(action, resource) and rule.strikes():
                if delay := rule.given.get("delay"):
                    await CLOCK.pause(delay)
                if rule.given.get("code"):
                    broken = rule
                    break
        if broken is None:
            return await handle(method, path, headers, body, query)
        if broken.given.get("after"):  # the call takes effect, its reply is lost
            await handle(method, path, headers, body, query)
        code = broken.given["code"]
        return error_replies.error(service, headers, code, f"{code} {SAID}", broken.status)

    return watched


def _resource(*request: Any) -> str:
    region, account = responses.get_region(), responses.get_account_id()
    return str(iam_actions.extract_resource_arn(*request, region, account))


def _disturbed(deliver: Any) -> Any:
    """Deliver some events twice, and some late enough to overtake one another."""

    def disturbed(*arguments: Any, **named: Any) -> None:
        rules = [rule for rule in BOOK.of("event") if rule.concerns_event("sqs")]
        _scatter(rules, deliver, *arguments, **named)

    return disturbed


def _disturbed_rule(deliver: Any) -> Any:
    """Do the same to what EventBridge delivers, or lose it, or have its target refuse it."""

    def disturbed(target: Any, event: Any, rule: Any, view: Any = None) -> None:
        source, detail_type = event.get("Source", ""), event.get("DetailType", "")
        rules = [
            r for r in BOOK.of("event") if r.concerns_event("eventbridge", source, detail_type)
        ]
        for given in rules:
            if given.given.get("lose") and given.strikes(given.given["lose"]):
                return
            if given.given.get("fail") and given.strikes(given.given["fail"]):
                event_rules.give_up(target, event, rule, _exhausted(target), view)
                return
        _scatter(rules, deliver, target, event, rule, view)

    return disturbed


def _exhausted(target: Any) -> event_rules.Failure:
    attempts = int((target.get("RetryPolicy") or {}).get("MaximumRetryAttempts", RETRIES))
    return event_rules.Failure("ERROR_FROM_TARGET", SAID, attempts, "MaximumRetryAttempts")


def _scatter(rules: list[Rule], deliver: Any, *arguments: Any, **named: Any) -> None:
    copies = [0.0]
    for rule in rules:
        if rule.given.get("duplicate") and rule.strikes(rule.given["duplicate"]):
            copies.append(0.0)
        if rule.given.get("shuffle"):
            within = rule.given.get("within", _SHUFFLE_SECONDS)
            copies = [rule.fraction() * within for _ in copies]
    for wait in copies:
        if wait:
            context = contextvars.copy_context()
            CLOCK.later(wait, partial(context.run, deliver, *arguments, **named))
        else:
            deliver(*arguments, **named)


def _polled(action: str, nothing: Callable[[], Any]) -> patching.Make:
    """Break a call of the poller, which then comes again."""

    def make(call: Callable[..., Any]) -> Callable[..., Any]:
        def polled(*arguments: Any) -> Any:
            rule = struck(action)
            if rule is None:
                return call(*arguments)
            if rule.given.get("after"):  # the call takes effect, its reply is lost
                call(*arguments)
            return nothing()

        return polled

    return make


def _lossy(write: Callable[..., None]) -> Callable[..., None]:
    def lossy(function: Any, *arguments: Any, **named: Any) -> None:
        if (rule := struck("logs:PutLogEvents")) is None:
            write(function, *arguments, **named)
        else:
            name = (function.get("config") or function).get("FunctionName")
            code = rule.given["code"]
            problems.report("logs", f"{name} cannot write to its log group: {code} {SAID}")

    return lossy


def _mortal(invoke: Any) -> Any:
    """Let a rule kill the process of an invocation while it runs."""

    def mortal(worker: Any, *arguments: Any, **named: Any) -> Any:
        invocation = object()
        timers = [
            threading.Timer(
                rule.given.get("after_seconds", 0), _kill_until_over, (rule, worker, invocation)
            )
            for rule in BOOK.of("kill_function")
            if "action" not in rule.given and rule.given["kill_function"] in worker.func_name
        ]
        _running[worker] = invocation
        for timer in timers:
            timer.daemon = True
            timer.start()
        try:
            return invoke(worker, *arguments, **named)
        finally:
            _running.pop(worker, None)
            for timer in timers:
                timer.cancel()

    return mortal


def _kill_running(rule: Rule) -> None:
    for worker in list(_running):
        if rule.given["kill_function"] in worker.func_name and _lives(worker) and rule.strikes():
            _kill(worker)


def _kill_until_over(rule: Rule, worker: Any, invocation: object) -> None:
    """Kill the process of an invocation, and what is begun in its place.

    On a cold start the process comes later than the invocation; a warm one that is gone before the
    invocation reached it would be replaced, and nobody would notice.
    """
    has_struck = False
    while _running.get(worker) is invocation:
        if _lives(worker):
            has_struck = has_struck or rule.strikes()
            if not has_struck:
                return
            _kill(worker)
        time.sleep(_LOOK_SECONDS)


def _kill(worker: Any) -> None:
    if (process := worker._proc) is None:  # its invocation ended meanwhile
        return
    process.kill()
    # A fork server kills after it was asked: whoever is dead hears no answer to its call.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_DYING_SECONDS)


def _lives(worker: Any) -> bool:
    return worker._proc is not None and worker._proc.poll() is None


def _forgetful(reset: Any) -> Any:
    def forgetful() -> None:
        reset()
        BOOK.forget()

    return forgetful
