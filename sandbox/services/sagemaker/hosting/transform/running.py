"""How a transform job is carried out: a model is started, asked for every record, and ended."""

import gzip
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sandbox.core.clock import CLOCK
from sandbox.services.logs.role_logs import RoleLog
from sandbox.services.sagemaker.containers import objects
from sandbox.services.sagemaker.hosting import containers, models
from sandbox.services.sagemaker.hosting.endpoint_configs import STARTUP_SECONDS, VariantConfig
from sandbox.services.sagemaker.hosting.transform import batches, record_filters
from sandbox.services.sagemaker.hosting.transform.jobs import TransformJob
from sandbox.services.sagemaker.hosting.variants import ModelError, Question, Variant
from sandbox.services.sagemaker.job_running import Ending

_GROUP = "/aws/sagemaker/TransformJobs"
_PAYLOAD_MIB, _TIMEOUT_SECONDS = 6, 600
_SEE = "See job logs for more information"
_REFUSALS = (ModelError, record_filters.FilterError, batches.TooLargeError, UnicodeDecodeError)


def carry_out(job: TransformJob) -> Ending:
    """Transform every file below the input, and write what the model says of each."""
    stream = f"{job.name}/i-{secrets.token_hex(9)[:17]}"
    log = RoleLog(_GROUP, stream, who=job.name, access_key=job.role.key, encrypted=False)
    variant = _variant(job, log.write)
    job.stop = variant.stop
    job.started = CLOCK.time()
    try:
        variant.start()
        with tempfile.TemporaryDirectory(prefix="transform-") as folder:
            return _transform(job, variant, Path(folder), log.write)
    except containers.StartError as error:
        if job.is_stopped:
            return Ending("Stopped")
        log.write(str(error))
        return Ending("Failed", f"ClientError: {error}")
    except containers.LeavingError:
        return Ending("Stopped")
    finally:
        variant.stop()


def _variant(job: TransformJob, log: Callable[[str], object]) -> Variant:
    model = models.found(job.request["ModelName"])
    more = {**job.request.get("Environment", {}), "SAGEMAKER_BATCH": "true"}
    batch = replace(
        model,
        containers=tuple(
            replace(each, environment={**each.environment, **more}) for each in model.containers
        ),
    )
    config = VariantConfig(
        name=job.name,
        model=batch,
        instances=1,
        instance_type=job.request["TransformResources"]["InstanceType"],
        weight=1.0,
        serverless=None,
        startup_seconds=STARTUP_SECONDS,
    )
    return Variant(config, log)


def _transform(
    job: TransformJob, variant: Variant, folder: Path, log: Callable[[str], object]
) -> Ending:
    output = job.request["TransformOutput"]
    source = job.request["TransformInput"]["DataSource"]["S3DataSource"]
    store = objects.Store(job.role, output.get("KmsKeyId"))
    store.fetch(source["S3Uri"], folder, source["S3DataType"])
    failed = []
    for path in sorted(found for found in folder.rglob("*") if found.is_file()):
        name = path.relative_to(folder).as_posix()
        if job.is_stopped:
            return Ending("Stopped")
        try:
            told = _file(job, variant, path)
        except _REFUSALS as error:
            said = getattr(error, "said", str(error))
            log(f"{name}: {getattr(error, 'status', 'Bad input')}: {said}")
            failed.append(name)
            continue
        store.put(f"{output['S3OutputPath'].rstrip('/')}/{name}.out", told)
    if job.is_stopped:
        return Ending("Stopped")
    if failed:
        return Ending("Failed", f"ClientError: {_SEE}")
    return Ending("Completed")


def _file(job: TransformJob, variant: Variant, path: Path) -> bytes:
    given, output = job.request["TransformInput"], job.request["TransformOutput"]
    content = path.read_bytes()
    if given.get("CompressionType", "None") == "Gzip":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise record_filters.FilterError(f"{path.name} is not gzip: {error}") from error
    processing = job.request.get("DataProcessing") or {}
    records = batches.records(content, given.get("SplitType", "None"))
    asked = _filtered(given.get("ContentType", ""), records, processing.get("InputFilter", "$"))
    together = job.request.get("BatchStrategy", "MultiRecord") == "MultiRecord"
    most = job.request.get("MaxPayloadInMB", _PAYLOAD_MIB) * batches.MIB
    answers = list[bytes]()
    for batch in batches.batches(asked, most, together=together):
        body = b"\n".join(batch)
        answers.append(_ask(job, variant, body))
    if processing.get("JoinSource", "None") == "Input":
        answers = _joined(given.get("ContentType", ""), records, answers)
    answers = _filtered(
        given.get("ContentType", ""), answers, processing.get("OutputFilter", "$"), split=True
    )
    if output.get("AssembleWith") == "Line":
        return b"".join(answer.rstrip(b"\n") + b"\n" for answer in answers)
    return b"".join(answers)


def _ask(job: TransformJob, variant: Variant, body: bytes) -> bytes:
    client = job.request.get("ModelClientConfig") or {}
    question = Question(
        body=body,
        content_type=job.request["TransformInput"].get("ContentType", ""),
        accept=job.request["TransformOutput"].get("Accept", ""),
    )
    left = client.get("InvocationsMaxRetries", 0)
    while True:
        try:
            seconds = client.get("InvocationsTimeoutInSeconds", _TIMEOUT_SECONDS)
            return variant.ask(question, seconds).body
        except ModelError as error:
            if not left or 400 <= error.status < 500:
                raise
            left -= 1


def _filtered(
    kind: str, records: list[bytes], expression: str, *, split: bool = False
) -> list[bytes]:
    if expression == "$":
        return records
    form, by = record_filters.Form(kind), record_filters.select(expression)
    lines = _lines(records) if split else records
    return [form.filtered(line.decode(), by).encode() for line in lines]


def _joined(kind: str, records: list[bytes], answers: list[bytes]) -> list[bytes]:
    form, lines = record_filters.Form(kind), _lines(answers)
    if len(lines) != len(records):
        raise record_filters.FilterError(
            f"{len(records)} records were answered by {len(lines)} lines: they cannot be joined"
        )
    return [
        form.joined(record.decode(), line.decode()).encode()
        for record, line in zip(records, lines, strict=True)
    ]


def _lines(answers: list[bytes]) -> list[bytes]:
    return [line for answer in answers for line in answer.split(b"\n") if line.strip()]
