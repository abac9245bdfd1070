"""The settings that one kind of hosting has and no other, and what it needs of the others."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stacks.settings.fields import Section

Column = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,127}$")]


class KindSettings(Section):
    """Of serverless, asynchronous and multi-model endpoints."""

    # Ranges of ProductionVariantServerlessConfig and AsyncInferenceClientConfig, by the API.
    serverless_memory_mib: Literal[1024, 2048, 3072, 4096, 5120, 6144]
    serverless_concurrency: Annotated[int, Field(ge=1, le=200)]
    serverless_provisioned: Annotated[int, Field(ge=0, le=200)]
    asynchronous_at_once: Annotated[int, Field(ge=1, le=1000)]
    asynchronous_backlog: Annotated[int, Field(ge=1, le=1_000_000)]
    multi_model_columns: list[Column]
    multi_model_cache: bool


def kind_problem(settings: KindSettings, kind: str, *, least_instances: int) -> str | None:
    """Say what of the settings does not fit the kind, or None."""
    if kind == "batch":
        return (
            "a kind that has an endpoint: batches have a machine of their own beside each kind, "
            "see batch_content_type and those below it"
        )
    if settings.serverless_provisioned > settings.serverless_concurrency:
        return (
            f"serverless_provisioned of at most serverless_concurrency, "
            f"{settings.serverless_concurrency}, not {settings.serverless_provisioned}"
        )
    if least_instances == 0 and kind != "asynchronous":
        return (
            f"least_instances of at least 1: only an asynchronous endpoint scales to none, and "
            f"this one is {kind}"
        )
    if (kind == "multi-model") != bool(settings.multi_model_columns):
        return (
            "multi_model_columns for the kind multi-model, and for no other: its models take rows "
            "without names, so the order of their columns has to be told"
        )
    if len(set(settings.multi_model_columns)) < len(settings.multi_model_columns):
        return "multi_model_columns of which none is there twice"
    return None
