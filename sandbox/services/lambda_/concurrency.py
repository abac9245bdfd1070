"""How many functions run at once: the account's quota, and what is reserved of it."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import account, patching
from sandbox.core.upstream import responses
from sandbox.services.lambda_.upstream import lambda_svc

Slot = tuple[str | None, str | None]
# So many have to be left, or all that a small account has: a new one is told of "[10]".
_LEFT_FOR_ALL = 100

_choosing = threading.Lock()


def install() -> None:
    """Change how the emulator grants and reserves concurrency."""
    patching.wrap(
        lambda_svc,
        "_acquire_execution_slot",
        _acquire,
        because="functions without a reservation share what the others leave of the account's",
    )
    patching.wrap(
        lambda_svc,
        "_put_function_concurrency",
        _reserve,
        because="no reservation may leave too little for all other functions",
    )
    patching.wrap(
        lambda_svc,
        "_get_account_settings",
        _settings,
        because="the account's quota is told, not how many processes a machine is good for",
    )


def quota() -> int:
    """Return how many functions may run at once in the account."""
    return account.granted("concurrent_functions")


def refusal(function: str, asked: int) -> str | None:
    """Say why Lambda would not reserve so many for a function."""
    least = min(_LEFT_FOR_ALL, quota())
    if not asked or quota() - _reserved(but=function) - asked >= least:
        return None
    return (
        "Specified ReservedConcurrentExecutions for function decreases account's "
        f"UnreservedConcurrentExecution below its minimum value of [{least}]."
    )


def _reserved(*, but: str = "") -> int:
    return sum(
        lambda_svc._functions[name].get("concurrency") or 0
        for name in list(lambda_svc._functions.keys())
        if name != but
    )


def _acquire(original: Callable[..., Slot]) -> Callable[..., Slot]:
    def acquire(func: dict[str, Any], config: dict[str, Any]) -> Slot:
        with _choosing:
            has_own = lambda_svc._reserved_concurrency(func, config) is not None
            if has_own or _running_without_reservation(config) < quota() - _reserved():
                return original(func, config)
            return None, "account"

    return acquire


def _running_without_reservation(config: Mapping[str, Any]) -> int:
    account_and_region, _, _ = lambda_svc._inflight_key(config).rpartition(":")
    running = dict(lambda_svc._inflight)
    return sum(
        number
        for key, number in running.items()
        if key.rpartition(":")[0] == account_and_region and not _has_reservation(key)
    )


def _has_reservation(key: str) -> bool:
    function = lambda_svc._functions.get(key.rpartition(":")[2]) or {}
    return function.get("concurrency") is not None


def _reserve(original: Callable[..., Any]) -> Callable[..., Any]:
    def reserve(name: str, data: Mapping[str, Any]) -> Any:
        if why := refusal(name, int(data.get("ReservedConcurrentExecutions") or 0)):
            return responses.error_response_json("InvalidParameterValueException", why, 400)
        return original(name, data)

    return reserve


def _settings(original: Callable[[], Any]) -> Callable[[], Any]:
    def settings() -> Any:
        status, headers, body = original()
        told = json.loads(body)
        told["AccountLimit"].update(
            ConcurrentExecutions=quota(), UnreservedConcurrentExecutions=quota() - _reserved()
        )
        return status, headers, json.dumps(told).encode()

    return settings
