"""Training jobs are carried out: fetched, trained, interrupted and begun again, uploaded."""

import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.core.clock import CLOCK
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.logs.role_logs import RoleLog
from sandbox.services.sagemaker.containers import networks, objects, volumes
from sandbox.services.sagemaker.containers.objects import Store, TransferError
from sandbox.services.sagemaker.containers.process import Container
from sandbox.services.sagemaker.job_running import Ending
from sandbox.services.sagemaker.training import builtin, toolkit
from sandbox.services.sagemaker.training.jobs import CHECKPOINTS, TrainingJob
from sandbox.services.sagemaker.training.spot import Watch

LOGS = "/aws/sagemaker/TrainingJobs"


def carry_out(job: TrainingJob) -> Ending:
    """Do a training job, and say how it ended."""
    return _Training(job).carry_out()


class _Training:
    """One job from its first instance to its end."""

    def __init__(self, job: TrainingJob) -> None:
        self._job, self._request = job, job.request
        self._stopped_by = "Stopped" if job.status == "Stopping" else ""
        self._until = time.monotonic() + self._request["StoppingCondition"].get(
            "MaxWaitTimeInSeconds", float("inf")
        )
        self._output = Store(job.role, self._request["OutputDataConfig"].get("KmsKeyId"))
        self._input = Store(job.role)
        self._metrics = [
            (metric["Name"], re.compile(metric["Regex"]))
            for metric in self._request["AlgorithmSpecification"].get("MetricDefinitions", [])
        ]
        self._has_script = toolkit.program(self._request) is not None
        self._container: Container | None = None
        job.stop = lambda: self._stop("Stopped")

    def carry_out(self) -> Ending:
        """Train until the job is over; an instance that is taken away is replaced by a new one."""
        volumes.require_key(self._job.role, self._request["ResourceConfig"].get("VolumeKmsKeyId"))
        networks.require_rights(self._job.role, self._request.get("VpcConfig"))
        while True:
            with tempfile.TemporaryDirectory(
                prefix="training-", ignore_cleanup_errors=True
            ) as folder:
                ending = self._on_instance(Container(Path(folder) / "ml"))
            if ending is not None:
                return ending
            self._job.enter("Interrupted", "The Spot instance was interrupted")
            self._job.announce()
            if time.monotonic() >= self._until:
                return _stopped("MaxWaitTimeExceeded")
            self._job.enter("Starting", "Preparing the instances for training")

    def _on_instance(self, container: Container) -> Ending | None:
        """Train on one instance; None when it was taken away."""
        self._container = container
        if self._stopped_by:
            return _stopped(self._stopped_by)
        toolkit.lay_out(container, self._request)
        checkpoints = self._checkpoints()
        if checkpoints:
            self._output.restore(checkpoints[0], container.path(checkpoints[1]))
        self._job.enter("Downloading", "Downloading input data")
        self._download(container)
        if self._has_script:
            toolkit.fetch_code(container, self._request, self._input)
        self._job.enter("Training", "Training image download completed. Training in progress.")
        self._job.started = self._job.started or CLOCK.time()
        self._job.announce()
        code, watch = self._train(container, checkpoints)
        if watch.has_struck and code < 0 and not self._stopped_by:
            return None
        if code and not self._stopped_by:
            self._upload_data(container)
            return Ending("Failed", toolkit.failure(container, code, self._command(container)))
        self._job.enter("Uploading", "Uploading generated training model")
        self._upload(container)
        return _stopped(self._stopped_by) if self._stopped_by else Ending("Completed")

    def _train(
        self, container: Container, checkpoints: tuple[str, str] | None
    ) -> tuple[int, Watch]:
        watch = Watch(self._job, container, self._output, checkpoints)
        log = self._open_log()
        began = time.monotonic()
        late = threading.Timer(
            max(0.0, self._job.longest - self._job.training_seconds),
            lambda: self._stop("MaxRuntimeExceeded"),
        )
        late.name, late.daemon = "sagemaker-timeout (_read)", True
        late.start()
        waited = threading.Timer(
            min(max(0.0, self._until - began), threading.TIMEOUT_MAX),
            lambda: self._stop("MaxWaitTimeExceeded"),
        )
        waited.name, waited.daemon = "sagemaker-timeout (_read)", True
        if self._job.is_spot:
            waited.start()
        isolated = bool(self._request.get("EnableNetworkIsolation"))
        keys = {} if isolated else self._job.role.credentials
        try:
            with watch:
                code = container.run(
                    self._command(container),
                    {**toolkit.environment(self._request, self._job.arn), **keys},
                    cwd=container.path("/opt/ml/code"),
                    isolated=isolated,
                    tell=lambda line: self._read(line, log),
                )
        finally:
            late.cancel()
            waited.cancel()
            self._job.training_seconds += time.monotonic() - began
        return code, watch

    def _command(self, container: Container) -> list[str]:
        if self._has_script:
            return toolkit.command(self._request)
        return builtin.command(container.base)

    def _read(self, line: str, log: RoleLog) -> None:
        log.write(line)
        for name, value in self._metrics_in(line):
            self._job.metrics[name] = (value, CLOCK.time())
            cloudwatch.record_metric(LOGS, name, value, "None", {"TrainingJobName": self._job.name})

    def _metrics_in(self, line: str) -> Iterator[tuple[str, float]]:
        if not self._has_script:
            yield from builtin.metrics(line)
        for name, pattern in self._metrics:
            if found := pattern.search(line):
                with contextlib.suppress(ValueError):  # what was found is no number
                    yield name, float(found[1])

    def _open_log(self) -> RoleLog:
        return RoleLog(
            LOGS,
            f"{self._job.name}/{toolkit.HOST}-{int(CLOCK.time())}",
            who=self._job.name,
            access_key=self._job.role.key,
            encrypted=False,
        )

    def _checkpoints(self) -> tuple[str, str] | None:
        asked = self._request.get("CheckpointConfig")
        return (asked["S3Uri"], asked.get("LocalPath") or CHECKPOINTS) if asked else None

    def _download(self, container: Container) -> None:
        for channel in self._request.get("InputDataConfig", []):
            source = channel["DataSource"]["S3DataSource"]
            folder = container.path(f"/opt/ml/input/data/{channel['ChannelName']}")
            try:
                self._input.fetch(source["S3Uri"], folder, source["S3DataType"])
            except TransferError as error:
                raise TransferError(f"Data download failed: {error}") from error

    def _upload(self, container: Container) -> None:
        self._upload_data(container)
        path = objects.archive(
            container.path("/opt/ml/model"), container.base.parent / "model.tar.gz"
        )
        self._output.put(f"{self._job.place}/model.tar.gz", path.read_bytes())

    def _upload_data(self, container: Container) -> None:
        data = container.path("/opt/ml/output/data")
        if any(data.iterdir()):
            path = objects.archive(data, container.base.parent / "output.tar.gz")
            self._output.put(f"{self._job.place}/output.tar.gz", path.read_bytes())

    def _stop(self, why: str) -> None:
        if not self._job.is_over and not self._stopped_by:
            self._stopped_by = why
            if self._container is not None:
                self._container.stop()


def _stopped(why: str) -> Ending:
    return Ending("Stopped", secondary=why)
