"""Processing jobs are carried out: inputs fetched, the entry point run, outputs uploaded."""

import json
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.logs.role_logs import RoleLog
from sandbox.services.sagemaker.containers import networks, volumes
from sandbox.services.sagemaker.containers.objects import Store, TransferError
from sandbox.services.sagemaker.containers.process import Container
from sandbox.services.sagemaker.job_running import Ending
from sandbox.services.sagemaker.processing.jobs import LONGEST_SECONDS, ProcessingJob

LOGS = "/aws/sagemaker/ProcessingJobs"
_HOST = "algo-1"
_BETWEEN_SECONDS = 0.2


def carry_out(job: ProcessingJob) -> Ending:
    """Do a processing job, and say how it ended."""
    with tempfile.TemporaryDirectory(prefix="processing-", ignore_cleanup_errors=True) as folder:
        return _Processing(job, Path(folder)).carry_out()


class _Processing:
    """One job from its inputs to its outputs."""

    def __init__(self, job: ProcessingJob, folder: Path) -> None:
        self._job, self._request = job, job.request
        self._container = Container(folder / "ml")
        self._stopped_by = "Stopped" if job.status == "Stopping" else ""
        config = self._request.get("ProcessingOutputConfig") or {}
        self._outputs = [each["S3Output"] for each in config.get("Outputs", [])]
        self._store = Store(job.role, config.get("KmsKeyId"))
        job.stop = lambda: self._stop("Stopped")

    def carry_out(self) -> Ending:
        """Do the job, and say how it ended."""
        cluster = self._request["ProcessingResources"]["ClusterConfig"]
        volumes.require_key(self._job.role, cluster.get("VolumeKmsKeyId"))
        network = self._request.get("NetworkConfig") or {}
        networks.require_rights(self._job.role, network.get("VpcConfig"))
        self._lay_out()
        self._download()
        if self._was_stopped():
            return Ending("Stopped")
        self._job.started = CLOCK.time()
        self._job.announce()
        code = self._run()
        message = self._container.path("/opt/ml/output/message")
        if message.is_file():
            text = message.read_text(encoding="utf-8", errors="replace")
            self._job.exit_message = text[:1024]
        if why := self._was_stopped():
            return (
                Ending("Stopped") if why == "Stopped" else Ending("Failed", f"ClientError: {why}")
            )
        if code:
            said = self._job.exit_message or self._container.last_error
            return Ending("Failed", f"AlgorithmError: {said}, exit code: {code}")
        self._upload("EndOfJob", "Continuous")
        return Ending("Completed")

    def _lay_out(self) -> None:
        for folder in ("/opt/ml/config", "/opt/ml/output", "/opt/ml/processing"):
            self._container.path(folder).mkdir(parents=True, exist_ok=True)
        for output in self._outputs:
            self._container.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)
        told = {**self._request, "ProcessingJobArn": self._job.arn}
        resources = {"current_host": _HOST, "hosts": [_HOST]}
        files: Mapping[str, Any] = {"processingjobconfig": told, "resourceconfig": resources}
        for name, content in files.items():
            path = self._container.path(f"/opt/ml/config/{name}.json")
            path.write_text(json.dumps(content), encoding="utf-8")

    def _download(self) -> None:
        store = Store(self._job.role)
        for each in self._request.get("ProcessingInputs") or []:
            source = each["S3Input"]
            folder = self._container.path(source["LocalPath"])
            try:
                store.fetch(source["S3Uri"], folder, source["S3DataType"])
            except TransferError as error:
                raise TransferError(
                    f"Failed to download input {each['InputName']}: {error}"
                ) from error

    def _run(self) -> int:
        application = self._request["AppSpecification"]
        seconds = (self._request.get("StoppingCondition") or {}).get(
            "MaxRuntimeInSeconds", LONGEST_SECONDS
        )
        why = f"the job ran longer than MaxRuntimeInSeconds, which is {seconds}"
        late = threading.Timer(seconds, lambda: self._stop(why))
        late.name, late.daemon = "sagemaker-timeout (_read)", True
        late.start()
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,), name="processing-watch")
        watch.start()
        log = RoleLog(
            LOGS,
            f"{self._job.name}/{_HOST}-{int(CLOCK.time())}",
            who=self._job.name,
            access_key=self._job.role.key,
            encrypted=False,
        )
        isolated = self._job.is_isolated
        keys = {} if isolated else self._job.role.credentials
        own = {
            "PROCESSING_JOB_NAME": self._job.name,
            "PROCESSING_JOB_ARN": self._job.arn,
            **(self._request.get("Environment") or {}),
        }
        try:
            return self._container.run(
                [*application["ContainerEntrypoint"], *application.get("ContainerArguments", [])],
                {**own, **keys},
                cwd=self._container.base,
                isolated=isolated,
                tell=log.write,
            )
        finally:
            late.cancel()
            over.set()
            watch.join()

    def _watch(self, over: threading.Event) -> None:
        """Write what is to be written continuously while the container runs."""
        sent: dict[str, dict[str, str]] = {}
        continuous = [each for each in self._outputs if each["S3UploadMode"] == "Continuous"]
        while continuous and not over.wait(_BETWEEN_SECONDS):
            for output in continuous:
                folder = self._container.path(output["LocalPath"])
                known = sent.setdefault(output["S3Uri"], {})
                try:
                    self._store.send(folder, output["S3Uri"], known)
                except TransferError:
                    return  # the upload at the end fails likewise, and fails the job

    def _upload(self, *modes: str) -> None:
        for output in self._outputs:
            if output["S3UploadMode"] in modes:
                self._store.send(self._container.path(output["LocalPath"]), output["S3Uri"])

    def _was_stopped(self) -> str:
        return self._stopped_by

    def _stop(self, why: str) -> None:
        if not self._job.is_over and not self._stopped_by:
            self._stopped_by = why
            self._container.stop()
