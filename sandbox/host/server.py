"""The process that is the sandbox: MiniStack with our plug-ins registered before it starts."""

import argparse
import atexit
import gc
import os
import signal
import sys
import threading
import time

from sandbox.core import account, version_check

_GRACE_SECONDS = 5


def main() -> None:
    """Serve until told to stop, or until the parent is gone."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.host.server")
    parser.add_argument("--lives-with-parent", action="store_true")
    arguments = parser.parse_args()
    sys.argv[1:] = []  # the emulator reads the command line too
    if arguments.lives_with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()
    try:
        prepare()
    except (version_check.ChangedError, ValueError) as error:
        sys.exit(f"sandbox: {error}")

    from sandbox.core.upstream import gateway
    from sandbox.services.lambda_.upstream import lambda_runtime

    atexit.register(lambda_runtime.reset)  # no function outlives the sandbox
    gc.freeze()  # what is there now is there to the end: no search for garbage need look at it
    gc.enable()
    gateway.main()


def prepare() -> None:
    """Install every plug-in, then the watch over all services, and check each declared name."""
    version_check.check_version()
    account.grant(account.read())
    try:
        from sandbox.core import plugins, service_models
        from sandbox.faults import injection
        from sandbox.host import admin, service_time
        from sandbox.iam import further_rights

        service_models.install()
        service_time.install()
        plugins.install(plugins.find())
        injection.install()
        further_rights.judge_every_request()  # before the fault rules: what is refused is no call
        admin.install()
    except (ImportError, AttributeError) as error:
        if "ministack" not in str(error):
            raise
        raise version_check.ChangedError(f"ministack changed under our hooks: {error}") from error
    version_check.check_names()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main()
