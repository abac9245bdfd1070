"""A forked function cannot tell that it was forked, and ends as a process does."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.services.lambda_ import cold_starts, fork_server, forked

pytestmark = pytest.mark.skipif(not forked.IS_POSSIBLE, reason="functions are forked on Linux")

COUNTING = """
import os, time

count = 0

def handler(event, context):
    global count
    count += 1
    time.sleep(event.get("sleep", 0))
    if "exit" in event:
        os._exit(event["exit"])
    if "raise" in event:
        raise KeyError(event["raise"])
    return {"count": count, "pid": os.getpid(), "parent": os.getppid()}
"""
# What a program can see of how it came to be.
LOOKING = """
import asyncio, gc, os, random, signal, sys, threading, time

def handler(event, context):
    main = sys.modules["__main__"]
    return {
        "variables": {k: v for k, v in os.environ.items() if k not in event["apart"]},
        "arguments": len(sys.argv),
        "main": [main.__name__, os.path.exists(main.__file__)],
        "path": [entry.replace(os.getcwd(), "TASK") for entry in sys.path[:-1] if "site" in entry
                 or entry.startswith(os.getcwd())],
        "cwd": [name for name in os.listdir() if name != "__pycache__"],  # the forked one's
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "main thread": threading.current_thread() is threading.main_thread(),
        "signals": [str(signal.getsignal(n)) for n in signal.valid_signals()],
        "wakeup": signal.set_wakeup_fd(-1),
        "zone": time.tzname[0],
        "streams": [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "child": os.waitpid(os.spawnlp(os.P_NOWAIT, "true", "true"), 0)[1],
        "loop": asyncio.run(asyncio.sleep(0, "ran")),
        "collecting": gc.isenabled(),
    }
"""
APART = (
    *("PYTHONWARNINGS", "LAMBDA_TASK_ROOT", "_LAMBDA_LAYERS_DIRS", "AWS_LAMBDA_LOG_STREAM_NAME"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)


def zipped(**files):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, text in files.items():
            written.writestr(name.replace("__slash__", "/") + ".py", text)
    return archive.getvalue()


@pytest.fixture
def configure(sandbox):
    """Change how a function is configured."""

    def change(name, **settings):
        sandbox.client("lambda").update_function_configuration(FunctionName=name, **settings)

    return change


@pytest.fixture
def replace_code(sandbox):
    """Give a function other files."""

    def change(name, **files):
        sandbox.client("lambda").update_function_code(FunctionName=name, ZipFile=zipped(**files))

    return change


def test_an_environment_is_used_again_and_keeps_its_state(function, invoke):
    name = function(COUNTING)
    (first, _), (second, _) = invoke(name), invoke(name)
    assert (first["count"], second["count"]) == (1, 2)
    assert first["pid"] == second["pid"]


def test_environments_beside_one_another_share_nothing(function, invoke):
    name = function(COUNTING)
    with ThreadPoolExecutor(4) as pool:
        answers = [reply for reply, _ in pool.map(lambda _: invoke(name, {"sleep": 1}), range(4))]
    assert [answer["count"] for answer in answers] == [1] * 4
    assert len({answer["pid"] for answer in answers}) == 4
    assert len({answer["parent"] for answer in answers}) == 1  # all are of one fork server


def test_an_exception_does_not_end_an_environment(function, invoke):
    name = function(COUNTING)
    before, _ = invoke(name)
    raised, error = invoke(name, {"raise": "it"})
    assert (raised["errorType"], raised["errorMessage"], error) == ("KeyError", "'it'", "Unhandled")
    after, _ = invoke(name)
    assert (after["count"], after["pid"]) == (3, before["pid"])


@pytest.mark.parametrize("end", [{"exit": 0}, {"exit": 7}, {"sleep": 30}], ids=str)
def test_an_end_or_a_timeout_ends_it_and_the_next_one_is_fresh(function, invoke, end):
    name = function(COUNTING, timeout=2)
    before, _ = invoke(name)
    started = time.monotonic()
    _, error = invoke(name, end)
    assert error == "Unhandled"
    assert time.monotonic() - started < 10
    after, _ = invoke(name)
    assert after["count"] == 1
    assert after["pid"] != before["pid"]
    assert not Path(f"/proc/{before['pid']}").exists()


def test_a_fault_kills_it_in_the_middle(function, invoke, faults):
    name = function(COUNTING)
    before, _ = invoke(name)
    faults([{"kill_function": name, "after_seconds": 1, "times": 1}])
    answer, error = invoke(name, {"sleep": 5})
    assert (answer["errorMessage"], error) == ("Worker process died", "Unhandled")
    after, _ = invoke(name)
    assert (after["count"], after["pid"] == before["pid"]) == (1, False)


def test_a_forked_function_sees_what_one_of_its_own_interpreter_sees(function, invoke, configure):
    name = function(LOOKING, timeout=30)
    configure(name, Environment={"Variables": {"TZ": "Asia/Tokyo", "MINE": "é"}})
    was_forked, error = invoke(name, {"apart": APART})
    assert error is None, was_forked
    own = {"TZ": "Asia/Tokyo", "MINE": "é", "PYTHONWARNINGS": "ignore"}
    configure(name, Environment={"Variables": own})
    had_own, error = invoke(name, {"apart": APART})
    assert error is None, had_own
    assert was_forked == had_own
    assert was_forked["zone"] == "JST"


def test_what_is_drawn_differs_between_environments(function, invoke):
    name = function(
        "import random, time, uuid\ndef handler(event, context):\n    time.sleep(1)\n"
        "    return [random.random(), str(uuid.uuid4())]\n"
    )
    with ThreadPoolExecutor(3) as pool:
        drawn = [reply for reply, _ in pool.map(lambda _: invoke(name), range(3))]
    assert len({number for number, _ in drawn}) == len({text for _, text in drawn}) == 3


def test_a_function_that_brings_its_own_boto3_gets_that_one(function, invoke, replace_code):
    name = function(COUNTING)
    replace_code(
        name,
        index="import boto3\ndef handler(event, context):\n    return boto3.MINE\n",
        boto3="MINE = 'mine'\n",
    )
    assert invoke(name) == ("mine", None)


def test_a_layer_comes_before_what_the_runtime_brings(sandbox, function, invoke, unique, configure):
    layer = sandbox.client("lambda").publish_layer_version(
        LayerName=unique("layer"),
        Content={"ZipFile": zipped(python__slash__jmespath="MINE = 'mine'\n", python__slash__x="")},
    )
    name = function(
        "import x, jmespath\ndef handler(event, context):\n    return [jmespath.MINE, x.__file__]\n"
    )
    configure(name, Layers=[layer["LayerVersionArn"]])
    answer, error = invoke(name)
    assert error is None, answer
    assert answer[0] == "mine"
    assert answer[1].endswith("/python/x.py")


def test_a_layer_that_breaks_what_would_be_loaded_is_left_to_the_function(
    sandbox, function, invoke, unique, configure
):
    layer = sandbox.client("lambda").publish_layer_version(
        LayerName=unique("layer"), Content={"ZipFile": zipped(python__slash__boto3="1 / 0\n")}
    )
    name = function("def handler(event, context):\n    return 'no boto3 needed'\n")
    configure(name, Layers=[layer["LayerVersionArn"]])
    assert invoke(name) == ("no boto3 needed", None)


def test_what_a_function_writes_beside_its_code_is_its_own(function, invoke):
    name = function(
        "import os, time\ndef handler(event, context):\n    seen = sorted(os.listdir())\n"
        "    open(f'written-{os.getpid()}', 'w').close()\n    time.sleep(1)\n    return seen\n"
    )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: invoke(name), range(2)))
    with ThreadPoolExecutor(4) as pool:
        seen = [reply for reply, _ in pool.map(lambda _: invoke(name), range(4))]
    assert all(len([f for f in files if f.startswith("written")]) <= 1 for files in seen)


def test_what_a_function_is_made_of_is_not_its_to_change(function, invoke):
    name = function(
        "import os\ndef handler(event, context):\n    return os.stat(__file__).st_mode\n"
    )
    mode, _ = invoke(name)
    assert mode & 0o222 == 0


@settings(max_examples=15, deadline=None)
@given(said=st.lists(st.lists(st.text("ab é\t", max_size=30), max_size=60), min_size=1, max_size=4))
def test_every_line_is_in_the_log_of_its_own_invocation(logged, said):
    for lines in said:
        wanted = [line for line in lines if line.strip()]
        assert [line for line in logged(lines) if line.strip()] == wanted


@pytest.fixture(scope="module")
def logged(sandbox):
    """Have a function write lines; gives those that its invocation's log holds."""
    lambda_, iam = sandbox.client("lambda"), sandbox.client("iam")
    service = {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = iam.create_role(RoleName="cold-starts-log", AssumeRolePolicyDocument=document)["Role"]
    source = "def handler(event, context):\n    for line in event:\n        print(line)\n"
    lambda_.create_function(
        FunctionName="cold-starts-log",
        Runtime="python3.13",
        Role=role["Arn"],
        Handler="index.handler",
        Code={"ZipFile": zipped(index=source)},
    )

    def write(lines):
        reply = lambda_.invoke(
            FunctionName="cold-starts-log", Payload=json.dumps(lines), LogType="Tail"
        )
        text = base64.b64decode(reply.get("LogResult", "")).decode()
        return [
            line for line in text.splitlines() if not line.startswith(("START ", "END ", "REPORT "))
        ]

    yield write
    lambda_.delete_function(FunctionName="cold-starts-log")


def test_a_silent_function_is_not_waited_for(function, invoke):
    name = function("def handler(event, context):\n    return 1\n")
    invoke(name)
    took = []
    for _ in range(20):
        started = time.monotonic()
        invoke(name)
        took.append(time.monotonic() - started)
    assert min(took) < 0.05  # what the emulator waits for a log each time


PRELOADED = """
import sys
sys.path.insert(0, sys.argv[1])
import fork_server
fork_server._preload()
print(*(name for name in sys.modules if name != "__main__"))
"""
READING = """
import contextlib, importlib, os, sys
read, get = set(), type(os.environ).__getitem__

def noting(self, name):
    read.add(name)
    return get(self, name)

type(os.environ).__getitem__ = noting
for name in sys.argv[1:]:
    with contextlib.suppress(ImportError):  # a name that a package only puts into sys.modules
        importlib.import_module(name)
print(*sorted(read))
"""


def test_what_is_loaded_first_reads_no_variable_that_a_function_may_set():
    """Whatever a package reads when it is imported must be among what asks for an own process."""

    def words(program, *arguments):
        command = [sys.executable, "-c", program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (ours)
        return done.stdout.split()

    modules = words(PRELOADED, str(Path(fork_server.__file__).parent))
    assert "botocore.client" in modules
    read = words(READING, *modules)
    assert read  # HOME, for one
    assert [name for name in read if not name.startswith(cold_starts.READ_AT_START)] == []


@pytest.fixture(scope="module")
def server():
    made = forked.ForkServer(())
    yield made
    made.close()


@pytest.fixture
def run(server, tmp_path):
    """Run a program in a forked process."""
    with ExitStack() as open_ones:

        def begin(program, server=server):
            script = tmp_path / "script.py"
            script.write_text(program)
            process = server.fork(script, tmp_path, {"PATH": os.defpath})
            for stream in (process.stdin, process.stdout, process.stderr):
                open_ones.enter_context(stream)
            return process

        yield begin


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("", 0),
        ("raise SystemExit(3)", 3),
        ("raise ValueError", 1),
        ("import os; os.abort()", -signal.SIGABRT),
    ],
)
def test_the_end_of_a_process_is_told(run, program, status):
    process = run(program)
    assert process.wait(20) == status
    assert process.poll() == status


def test_a_signal_ends_it_and_later_ones_reach_nobody(run):
    process = run("import time; time.sleep(60)")
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    process.terminate()
    assert process.wait(10) == -signal.SIGTERM
    process.kill()
    assert process.poll() == -signal.SIGTERM


def test_what_it_reads_and_writes_passes_through_its_pipes(run):
    process = run("import sys; print(input()); print('said', file=sys.stderr)")
    process.stdin.write("é\n")
    process.stdin.flush()
    assert (process.stdout.read(), process.stderr.read()) == ("é\n", "said\n")


def test_with_the_fork_server_its_processes_count_as_ended(run):
    server = forked.ForkServer(())
    process = run("import sys; sys.stdin.read()", server)
    assert not server.is_idle
    server._process.kill()
    assert process.wait(10) == -signal.SIGKILL
    with pytest.raises(RuntimeError, match="fork server ended"):
        run("", server)


def test_the_fork_server_imports_nothing_of_ours(server):
    assert not {"sandbox", "stacks", "lambda_", "ministack"} & server.loaded
    assert {"boto3", "botocore"} <= server.loaded
    assert Path(fork_server.__file__).name == "fork_server.py"


def test_what_a_function_wants_is_loaded_before_it_is_called():
    server = cold_starts._servers.pop((), None)
    try:
        config = {"Runtime": "python3.13", "Layers": []}
        cold_starts.make_ready(config, zipped(index="def handler(*_): ...")).join(30)
        assert cold_starts._servers[()].is_alive
    finally:
        cold_starts._servers.pop(()).close()
        if server:
            cold_starts._servers[()] = server


def test_what_is_wrong_with_a_function_is_said_when_it_is_called():
    cold_starts.make_ready({"Runtime": "python3.13"}, b"no archive").join(30)
