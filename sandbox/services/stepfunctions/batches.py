"""ItemBatcher: several items to a child execution."""

from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.services.stepfunctions import fields
from sandbox.services.stepfunctions.flows import Visit
from sandbox.services.stepfunctions.payloads import LARGEST_BYTES, as_text


def batched(visit: Visit, inputs: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Give how many items each child is for, and its input."""
    batcher = visit.state.get("ItemBatcher")
    if batcher is None:
        for given in inputs:
            yield 1, given
        return
    common = _common(visit, batcher)
    largest = _limit(visit, batcher, "MaxInputBytesPerBatch") or LARGEST_BYTES
    most = _limit(visit, batcher, "MaxItemsPerBatch")
    batch: list[Any] = []
    for given in inputs:
        if batch and (len(batch) == most or _size(common, [*batch, given]) > largest):
            yield len(batch), {**common, "Items": batch}
            batch = []
        batch.append(given)
    if batch:
        yield len(batch), {**common, "Items": batch}


def _common(visit: Visit, batcher: Any) -> dict[str, Any]:
    if "BatchInput" not in batcher:
        return {}
    if visit.is_jsonata:
        return {"BatchInput": visit.evaluate(batcher["BatchInput"], "BatchInput")}
    return {"BatchInput": fields.parameters(visit, batcher["BatchInput"], fields.selected(visit))}


def _limit(visit: Visit, batcher: Any, name: str) -> int:
    inner = Visit(visit.name, {**batcher, "Type": "Map"}, visit.given, visit.scope)
    inner.is_jsonata = visit.is_jsonata
    return int(fields.number(inner, name) or 0)


def _size(common: Any, batch: list[Any]) -> int:
    return len(as_text({**common, "Items": batch}).encode())
