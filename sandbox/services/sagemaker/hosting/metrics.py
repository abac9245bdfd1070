"""What CloudWatch is told of each invocation, by endpoint and variant."""

from sandbox.services.cloudwatch.upstream import cloudwatch

# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html

_NAMESPACE = "AWS/SageMaker"
_MICROSECONDS = 1_000_000


def record_invocation(
    endpoint: str,
    variant: str,
    *,
    instances: int,
    asynchronous: bool,
    status: int,
    model_seconds: float | None,
    overhead_seconds: float,
) -> None:
    """Record one invocation; ``status`` is the model's, 0 where it gave none.

    Of an asynchronous endpoint there is less to see:
    https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
    """
    is_client, is_server = 400 <= status < 500, status == 0 or status >= 500
    counts: dict[str, float] = {
        "Invocation4XXErrors": is_client,
        "Invocation5XXErrors": is_server,
    }
    times: dict[str, float] = {}
    if not asynchronous:
        counts |= {"Invocations": 1, "InvocationModelErrors": is_client or is_server}
        times["OverheadLatency"] = overhead_seconds
        if instances:
            counts["InvocationsPerInstance"] = 1 / instances
    if model_seconds is not None:
        times["ModelLatency"] = model_seconds
    where = {"EndpointName": endpoint, "VariantName": variant}
    for name, value in counts.items():
        cloudwatch.record_metric(_NAMESPACE, name, float(value), "None", where)
    for name, seconds in times.items():
        value = round(seconds * _MICROSECONDS)
        cloudwatch.record_metric(_NAMESPACE, name, value, "Microseconds", where)


def record_models(endpoint: str, variant: str, *, loaded: int, was_there: bool) -> None:
    """Record what a multi-model variant has in memory, and whether the wanted one was."""
    where = {"EndpointName": endpoint, "VariantName": variant}
    cloudwatch.record_metric(_NAMESPACE, "ModelCacheHit", float(was_there), "None", where)
    cloudwatch.record_metric(_NAMESPACE, "LoadedModelCount", loaded, "None", where)
