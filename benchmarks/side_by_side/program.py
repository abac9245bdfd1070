"""A program that is run in a clone of any commit: sends documents, says how long they took."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path[0] = str(Path.cwd())  # the clone's own modules

STACK = "ServiceChain"
DISPOSABLE = {"removal.data_is_disposable": "true", "removal.destroy_deletes_data": "true"}
ONE_LANGUAGE = {"service_chain.translate_to": "['es']", "service_chain.analyze": "source"}
TEXT_BYTES = 20_000_000
BYTES_PER_WORD = 5  # a little less than it is: the text is cut to its size
PATIENCE = 2_400.0


def main(what: str, documents: int, functions: int) -> None:
    """Send the large text (``text``) or so many documents (``crowd``); print what it took.

    ``functions`` is how many the sandbox runs at once before it throttles.
    """
    host = "sandbox.host" if find_spec("sandbox.host") else "sandbox"
    client: Any = import_module(f"{host}.client")
    process: Any = import_module(f"{host}.process")
    original = process.server_environment

    def bounded(*arguments: Any, **named: Any) -> dict[str, str]:
        return {
            **original(*arguments, **named),
            "LAMBDA_ACCOUNT_CONCURRENCY": str(functions),
        }

    process.server_environment = bounded
    context = {**DISPOSABLE, **(ONE_LANGUAGE if what == "text" else {})}
    with client.start() as sandbox:
        outputs = sandbox.deploy(STACK, context=context, say=lambda line: None)[STACK]
        _take(sandbox, outputs, {"warm.txt": _letters()[0]})
        sandbox.forget_calls()
        sent = {"large.txt": _large()} if what == "text" else _crowd(documents)
        print("sending", flush=True)
        seconds = _take(sandbox, outputs, sent)
        print(json.dumps({"seconds": seconds, "calls": sandbox.calls()}), flush=True)


def _large() -> bytes:
    talk = import_module("fixtures.speech.long_recordings").talk
    text: bytes = talk(TEXT_BYTES // BYTES_PER_WORD).encode()[:TEXT_BYTES]
    return text


def _letters() -> list[bytes]:
    return [kind.plain() for kind in import_module("fixtures.texts.library").texts()]


def _crowd(documents: int) -> dict[str, bytes]:
    letters = _letters()
    return {f"crowd/{n:04}.txt": letters[n % len(letters)] for n in range(documents)}


def _take(sandbox: Any, outputs: dict[str, str], sent: dict[str, bytes]) -> float:
    """Send documents and wait until all have succeeded; gives the seconds."""
    s3 = sandbox.client("s3", max_pool_connections=8)
    states = sandbox.client("stepfunctions")
    before = len(_statuses(states, outputs))
    begun = time.monotonic()

    def put(item: tuple[str, bytes]) -> None:
        s3.put_object(Bucket=outputs["InboxBucketName"], Key=item[0], Body=item[1])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, sent.items()))
    while (statuses := _statuses(states, outputs)) != ["SUCCEEDED"] * (before + len(sent)):
        if time.monotonic() - begun > PATIENCE or {"FAILED", "TIMED_OUT"} & {*statuses}:
            sys.exit(f"of {before + len(sent)} executions there are {statuses}")
        time.sleep(0.5)
    return time.monotonic() - begun


def _statuses(states: Any, outputs: dict[str, str]) -> list[str]:
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=outputs["StateMachineArn"]
    )
    return [execution["status"] for page in pages for execution in page["executions"]]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
