"""Run the real CDK command line against a sandbox, in an environment with no way out."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.host.environment import refuse_real_credentials, tool_environment
from sandbox.host.process import HOME, ROOT, SandboxError, node, tool_path

CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
_BOOTSTRAP = CDK.parents[1] / "lib" / "api" / "bootstrap" / "bootstrap-template.yaml"
# The command line is one script of 15 MB: compiled once, it starts in half the time. A variable
# would do the same to the app, whose scripts lie in another folder at every run, for ever.
_COMPILED = 'import m from "node:module"; m.enableCompileCache?.({folder});'
Say = Callable[[str], None]
_TOOLKIT = "CDKToolkit"
_ADMINISTRATOR = "iam::aws:policy/AdministratorAccess"
_EVENT = re.compile(
    r"^(?P<stack>\S+) \| +(?P<count>[\d/]+) \| [^|]+ \| (?P<status>[A-Z_]+) +\| "
    r"(?P<type>\S+) +\| (?P<name>[^(]+?)(?: \((?P<id>[^)]+)\))?(?P<reason> .*)?$"
)
_ASSET = re.compile(r": (start|success): (Build|Built|Publish)")


def command(arguments: Sequence[str]) -> list[str]:
    """Spell a call of the command line."""
    folder = json.dumps(str(HOME / "home" / "compiled"))
    # One word: an app may look for the script among the first three of its parent's.
    compiled = "--import=data:text/javascript," + quote(_COMPILED.format(folder=folder))
    return [str(node()), compiled, str(CDK), *arguments, "--no-color"]


class Toolkit:
    """The CDK command line, pointed at one sandbox."""

    def __init__(self, port: int, state: Path, client: Callable[[str], Any], say: Say) -> None:
        self._port, self._state, self._client, self._say = port, state, client, say

    def deploy(
        self, names: Sequence[str], context: Mapping[str, str], app: str | None, cwd: Path
    ) -> dict[str, dict[str, str]]:
        """Deploy stacks; returns each stack's outputs."""
        self.bootstrap()
        outputs = self._state / "outputs.json"
        outputs.unlink(missing_ok=True)
        options = ["--require-approval", "never", "--outputs-file", str(outputs)]
        # A change set is for people to read. Nobody does here, and to compare it with the template
        # the command line loads what it knows of all resource types, a third of its time.
        options += ["--progress", "events", "--method", "direct"]
        self._run_on_stacks("deploy", names, options, context, app, cwd)
        if not (app and (cwd / app).is_dir()):  # an assembly is not written a second time
            self._deployed.write_text(_key(names, context, app, cwd))
        made: dict[str, dict[str, str]] = json.loads(outputs.read_text() or "{}")
        return made

    def destroy(
        self, names: Sequence[str], context: Mapping[str, str], app: str | None, cwd: Path
    ) -> None:
        """Delete stacks, and what their settings say to delete with them.

        What was deployed last with the same words is not synthesized again.
        """
        if self._deployed.exists() and self._deployed.read_text() == _key(names, context, app, cwd):
            context, app = {}, str(self._assembly)
        self._run_on_stacks("destroy", names, ["--force"], context, app, cwd)

    def bootstrap(self) -> None:
        """Create the stack that the command line wants of every account, unless it is there."""
        from botocore.exceptions import WaiterError

        if self._is_bootstrapped():
            return
        self._require_cdk()
        self._say("preparing the sandbox for the CDK")
        partition = self._client("sts").get_caller_identity()["Arn"].split(":")[1]
        # As https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html does it by hand, with
        # what `cdk bootstrap` gives: its own start takes longer than all that it does.
        given = {
            "CloudFormationExecutionPolicies": f"arn:{partition}:{_ADMINISTRATOR}",
            "FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY",
            "PublicAccessBlockConfiguration": "true",
        }
        cloudformation = self._client("cloudformation")
        made = cloudformation.get_waiter("stack_create_complete")
        made.config.delay = 0.1
        try:
            cloudformation.create_stack(
                StackName=_TOOLKIT,
                TemplateBody=_BOOTSTRAP.read_text(),
                Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
            made.wait(StackName=_TOOLKIT)
        except (cloudformation.exceptions.ClientError, WaiterError) as error:
            detail = "; ".join(self._failures(_TOOLKIT)) or error
            raise SandboxError(f"the sandbox could not be bootstrapped: {detail}") from error

    @property
    def _assembly(self) -> Path:
        return self._state / "cdk.out"

    @property
    def _deployed(self) -> Path:
        """Where it is written with which words the assembly was deployed."""
        return self._assembly / "deployed.json"

    def _run_on_stacks(
        self,
        verb: str,
        names: Sequence[str],
        options: Sequence[str],
        context: Mapping[str, str],
        app: str | None,
        cwd: Path,
    ) -> None:
        if not names:
            raise SandboxError(f"nothing to {verb}; name at least one stack")
        self._deployed.unlink(missing_ok=True)
        words = [verb, *names, *options, "--output", str(self._assembly)]
        words += [part for k, v in context.items() for part in ("-c", f"{k}={v}")]
        words += ["--app", app] if app else []
        code, said = self._cdk(words, cwd)
        if code:
            reasons = [reason for name in names for reason in self._failures(name)]
            detail = "; ".join(reasons) or _last_words(said)
            raise SandboxError(f"cdk {verb} {' '.join(names)} failed: {detail}")

    def _is_bootstrapped(self) -> bool:
        client = self._client("cloudformation")
        try:
            [stack] = client.describe_stacks(StackName=_TOOLKIT)["Stacks"]
        except client.exceptions.ClientError:
            return False
        return stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

    def _cdk(self, arguments: Sequence[str], cwd: Path) -> tuple[int, str]:
        refuse_real_credentials(os.environ)
        self._require_cdk()
        environment = tool_environment(
            os.environ, port=self._port, home=HOME / "home", path=tool_path()
        )
        said: list[str] = []
        with subprocess.Popen(  # noqa: S603 (our pinned CDK; arguments are never a shell's)
            command(arguments),
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            assert process.stdout is not None  # noqa: S101 (asked for a pipe four lines up)
            for line in process.stdout:
                said.append(line)
                if brief := _brief(line.rstrip()):
                    self._say(brief)
        return process.returncode, "".join(said)

    def _require_cdk(self) -> None:
        if not CDK.exists():
            raise SandboxError("the CDK command line is not installed; install it with: npm ci")

    def _failures(self, stack: str) -> list[str]:
        """Say which resources failed and why, without those that only were cancelled for it."""
        client = self._client("cloudformation")
        try:
            events = client.describe_stack_events(StackName=stack)["StackEvents"]
        except client.exceptions.ClientError:
            return []
        return [
            f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("FAILED")
            and event["ResourceType"] != "AWS::CloudFormation::Stack"
            and (reason := event.get("ResourceStatusReason"))
            and "cancelled" not in reason.lower()
        ]


def _key(names: Sequence[str], context: Mapping[str, str], app: str | None, cwd: Path) -> str:
    return json.dumps([sorted(names), dict(sorted(context.items())), app, str(cwd)])


def _brief(line: str) -> str | None:
    """Shorten an event of a stack to its news; other lines pass as they are."""
    event = _EVENT.match(line)
    if event is None:
        return line if line.strip() and not _ASSET.search(line) else None
    if event["status"].endswith("IN_PROGRESS") and not event["reason"]:
        return None
    state = event["status"].lower().replace("_", " ")
    return f"{event['stack']} {event['count']} {state}: {event['name']} ({event['type']})"


def _last_words(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return " / ".join(lines[-5:]) or "it said nothing"
