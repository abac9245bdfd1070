"""Executions of pipelines: step after step, as many at a time as may, each as its values come."""

import contextvars
import json
import logging
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.core import in_flight
from sandbox.core.clock import CLOCK
from sandbox.services.events import service_events
from sandbox.services.sagemaker.containers.objects import Store, TransferError
from sandbox.services.sagemaker.pipelines import conditions
from sandbox.services.sagemaker.pipelines.cache import Cache
from sandbox.services.sagemaker.pipelines.calls import Caller, StepError, StoppedError
from sandbox.services.sagemaker.pipelines.definitions import Definition, Step
from sandbox.services.sagemaker.pipelines.values import MissingError, resolved
from sandbox.services.sagemaker.roles import Role

MOST_AT_ONCE = 50
_BETWEEN_SECONDS = 0.02
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class StepRun:
    """How a step of an execution went, or goes."""

    step: Step
    status: str = "Starting"
    started: float = field(default_factory=CLOCK.time)
    ended: float | None = None
    failure: str = ""
    attempts: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    hit: str = ""  # the execution whose result this is

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.status in ("Succeeded", "Failed", "Stopped")

    def described(self) -> dict[str, Any]:
        """Show it as ``PipelineExecutionStep``."""
        given = self.step.given
        shown = {
            "StepName": self.step.name,
            "StepDisplayName": given.get("DisplayName"),
            "StepDescription": given.get("Description"),
            "StartTime": self.started,
            "EndTime": self.ended,
            "StepStatus": self.status,
            "FailureReason": self.failure,
            "AttemptCount": self.attempts or 1,
            "Metadata": dict(self.metadata),
            "CacheHitResult": {"SourcePipelineExecutionArn": self.hit} if self.hit else None,
        }
        return {name: value for name, value in shown.items() if value not in (None, "", {})}


class Execution:
    """One execution of a pipeline, as its definition was when it started."""

    def __init__(
        self,
        pipeline: Mapping[str, Any],
        definition: Definition,
        request: Mapping[str, Any],
        values: Mapping[str, Any],
        cache: Cache,
    ) -> None:
        self.pipeline_arn, self.pipeline_name = pipeline["PipelineArn"], pipeline["PipelineName"]
        self.identity = secrets.token_hex(6)
        self.arn = f"{self.pipeline_arn}/execution/{self.identity}"
        self.definition, self.request, self.values = definition, request, values
        self.role = Role(pipeline["RoleArn"], self.pipeline_arn)
        self.status, self.failure = "Executing", ""
        self.created = self.changed = CLOCK.time()
        self.runs: dict[str, StepRun] = {}
        limits = request.get("ParallelismConfiguration") or pipeline.get("ParallelismConfiguration")
        self._at_once = int((limits or {}).get("MaxParallelExecutionSteps", MOST_AT_ONCE))
        self._skipped: set[str] = set()
        self._cache = cache
        self._stopped = threading.Event()
        self._display = request.get("PipelineExecutionDisplayName") or (
            f"execution-{int(self.created * 1000)}"
        )

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.status in ("Succeeded", "Failed", "Stopped")

    def begin(self) -> None:
        """Start, in the account and Region of the current request."""
        self._announce("")
        context = contextvars.copy_context()
        threading.Thread(
            target=lambda: context.run(self._run), name="pipeline-execution", daemon=True
        ).start()

    def stop(self) -> None:
        """Have it stopped: what runs is stopped, and nothing more begins."""
        if not self.is_over and not self._stopped.is_set():
            self._stopped.set()
            self._become("Stopping")

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribePipelineExecution`` does."""
        shown = {
            "PipelineArn": self.pipeline_arn,
            "PipelineExecutionArn": self.arn,
            "PipelineExecutionDisplayName": self._display,
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.request.get("PipelineExecutionDescription"),
            "FailureReason": self.failure,
            "CreationTime": self.created,
            "LastModifiedTime": self.changed,
            "ParallelismConfiguration": {"MaxParallelExecutionSteps": self._at_once},
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}

    def summary(self) -> dict[str, Any]:
        """Show it as ``PipelineExecutionSummary``."""
        shown = {
            "PipelineExecutionArn": self.arn,
            "StartTime": self.created,
            "PipelineExecutionStatus": self.status,
            "PipelineExecutionDescription": self.request.get("PipelineExecutionDescription"),
            "PipelineExecutionDisplayName": self._display,
            "PipelineExecutionFailureReason": self.failure,
        }
        return {name: value for name, value in shown.items() if value not in (None, "")}

    def rename(self, request: Mapping[str, Any]) -> None:
        """Change what it is called and how it is described."""
        self._display = request.get("PipelineExecutionDisplayName", self._display)
        self.request = {**self.request, **request}
        self.changed = CLOCK.time()

    def _run(self) -> None:
        with in_flight.counted("pipeline execution"):
            try:
                self._carry_out()
                status = self._outcome()
            except Exception as unforeseen:  # fails this execution, not the sandbox
                _log.exception("pipeline execution %s", self.arn)
                status, self.failure = "Failed", f"Internal failure: {unforeseen}"
            self._become(status)

    def _carry_out(self) -> None:
        threads = list[threading.Thread]()
        while True:
            waiting = self._advance()
            running = sum(not run.is_over for run in self.runs.values())
            for step in waiting[: max(0, self._at_once - running)]:
                self.runs[step.name] = run = StepRun(step)
                self._tell(run, "")
                context = contextvars.copy_context()
                thread = threading.Thread(
                    target=lambda context=context, run=run: context.run(self._step, run),
                    name=f"pipeline-step {step.name}",
                    daemon=True,
                )
                threads.append(thread)
                thread.start()
            if not waiting and not running and not self._advance():
                break
            CLOCK.sleep(_BETWEEN_SECONDS)
        for thread in threads:
            thread.join()

    def _advance(self) -> list[Step]:
        """List the steps that may begin; those of a branch not taken are passed over."""
        if self._stopped.is_set() or self._has_failed_for_good():
            return []
        ready = []
        for step in self.definition.steps.values():
            if step.name in self.runs or step.name in self._skipped:
                continue
            if step.branch and not self._is_taken(*step.branch):
                if self._is_settled(step.branch[0]):
                    self._skipped.add(step.name)
                continue
            if all(self._has_succeeded(name) or name in self._skipped for name in step.after):
                ready.append(step)
        return ready

    def _has_failed_for_good(self) -> bool:
        return any(run.step.kind == "Fail" for run in self.runs.values() if run.is_over)

    def _is_taken(self, condition: str, outcome: bool) -> bool:
        run = self.runs.get(condition)
        said = run.properties.get("Outcome") if run and run.status == "Succeeded" else None
        return said == str(outcome).lower()

    def _is_settled(self, condition: str) -> bool:
        return condition in self._skipped or self._has_succeeded(condition)

    def _has_succeeded(self, name: str) -> bool:
        return name in self.runs and self.runs[name].status == "Succeeded"

    def _outcome(self) -> str:
        failed = [run for run in self.runs.values() if run.status == "Failed"]
        if self._stopped.is_set():
            return "Stopped"
        if not failed:
            return "Succeeded"
        told = [run.failure for run in failed if run.step.kind == "Fail"]
        self.failure = (
            told[0] if told else f"Step failure: One or multiple steps failed. {_reasons(failed)}"
        )
        return "Failed"

    def _step(self, run: StepRun) -> None:
        self._settle(run, "Executing")
        try:
            self._do(run)
        except StoppedError:
            self._settle(run, "Stopped")
        except (StepError, MissingError, TransferError, TypeError) as error:
            run.failure = (
                f"ClientError: {error}" if not isinstance(error, StepError) else str(error)
            )
            self._settle(run, "Failed")
        except Exception as unforeseen:  # fails this step, not the sandbox
            _log.exception("step %s of %s", run.step.name, self.arn)
            run.failure = f"InternalServerError: {unforeseen}"
            self._settle(run, "Failed")
        else:
            self._settle(run, "Succeeded")

    def _do(self, run: StepRun) -> None:
        step, known = run.step, self._known()
        if step.kind == "Condition":
            asked = resolved(step.arguments.get("Conditions") or [], known, self._read)
            outcome = str(all(conditions.holds(each) for each in asked)).lower()
            run.properties = {"Outcome": outcome}
            run.metadata = {"Condition": {"Outcome": "True" if outcome == "true" else "False"}}
            return
        arguments = resolved(dict(step.arguments), known, self._read)
        if step.kind == "Fail":
            message = str(arguments.get("ErrorMessage", ""))
            run.metadata = {"Fail": {"ErrorMessage": message}}
            raise StepError(message)
        if hit := self._cache.find(self.pipeline_arn, step, arguments):
            run.hit, run.properties, run.metadata = hit.execution, hit.properties, hit.metadata
            return
        caller = Caller(self.role, self.arn, self._stopped.is_set)

        def begun(metadata: Mapping[str, Any]) -> None:
            run.metadata = metadata

        def attempted(number: int) -> None:
            run.attempts = number

        run.properties, run.metadata = caller.call(step, arguments, begun, attempted)
        self._cache.keep(self.pipeline_arn, self.arn, run.step, arguments, run)

    def _known(self) -> dict[str, Any]:
        now = datetime.fromtimestamp(CLOCK.time(), UTC)
        return {
            "Parameters": dict(self.values),
            "Execution": {
                "PipelineName": self.pipeline_name,
                "PipelineArn": self.pipeline_arn,
                "PipelineExecutionId": self.identity,
                "PipelineExecutionArn": self.arn,
                "StartDateTime": _instant(self.created),
                "CurrentDateTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "Steps": {name: run.properties for name, run in list(self.runs.items())},
        }

    def _read(self, place: str) -> Any:
        """Read a property file, or any object of JSON, with the rights of the pipeline's role."""
        uri = place if place.startswith("s3://") else self._file(place)
        body = Store(self.role).get(uri)
        try:
            return json.loads(body)
        except ValueError as error:
            raise StepError(f"the property file {uri} is not JSON: {error}") from error

    def _file(self, place: str) -> str:
        found = re.fullmatch(r"Steps\.([^.]+)\.PropertyFiles\.(.+)", place)
        step = self.definition.steps.get(found[1]) if found else None
        files = (step.given.get("PropertyFiles") if step else None) or []
        for file in files:
            if found and file["PropertyFileName"] == found[2]:
                outputs = self.runs[found[1]].properties["ProcessingOutputConfig"]["Outputs"]
                for output in outputs:
                    if output["OutputName"] == file["OutputName"]:
                        return f"{output['S3Output']['S3Uri'].rstrip('/')}/{file['FilePath']}"
        raise MissingError(f"there is no property file {place}")

    def _settle(self, run: StepRun, status: str) -> None:
        previous, run.status = run.status, status
        if run.is_over:
            run.ended = CLOCK.time()
        self._tell(run, previous)

    def _become(self, status: str) -> None:
        previous, self.status, self.changed = self.status, status, CLOCK.time()
        self._announce(previous)

    def _announce(self, previous: str) -> None:
        """Tell the default event bus how the execution is.

        https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
        """
        detail = {
            "pipelineExecutionDisplayName": self._display,
            "currentPipelineExecutionStatus": self.status,
            "previousPipelineExecutionStatus": previous,
            "executionStartTime": _instant(self.created),
            "executionEndTime": _instant(self.changed) if self.is_over else "",
            "pipelineExecutionDescription": self.request.get("PipelineExecutionDescription", ""),
            "pipelineArn": self.pipeline_arn,
            "pipelineExecutionArn": self.arn,
        }
        self._send("SageMaker Model Building Pipeline Execution Status Change", detail)

    def _tell(self, run: StepRun, previous: str) -> None:
        named = {name[0].lower() + name[1:]: inner for name, inner in run.metadata.items()}
        detail = {
            "metadata": {
                name: {key[0].lower() + key[1:]: value for key, value in inner.items()}
                for name, inner in named.items()
            },
            "stepStartTime": _instant(run.started),
            "stepEndTime": _instant(run.ended) if run.ended else "",
            "stepName": run.step.name,
            "stepType": run.step.kind,
            "previousStepStatus": previous,
            "currentStepStatus": run.status,
            "failureReason": run.failure,
            "cacheHitResult": {"sourcePipelineExecutionArn": run.hit} if run.hit else "",
            "pipelineArn": self.pipeline_arn,
            "pipelineExecutionArn": self.arn,
        }
        self._send("SageMaker Model Building Pipeline Execution Step Status Change", detail)

    def _send(self, kind: str, detail: Mapping[str, Any]) -> None:
        told = {name: value for name, value in detail.items() if value not in ("", {})}
        resources = [self.pipeline_arn, self.arn]
        service_events.send("aws.sagemaker", kind, told, resources=resources)


def _reasons(failed: list[StepRun]) -> str:
    return "; ".join(f"{run.step.name}: {run.failure}" for run in failed)[:900]


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
