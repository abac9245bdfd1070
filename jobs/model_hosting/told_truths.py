"""What came true of requests, as whoever knows it writes it down, in SageMaker's words. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_hosting.captured_requests import LONGEST_REASON, Captured


@dataclass(frozen=True, slots=True)
class Truths:
    """Labels by the id of a request, one for each of its rows; ``refused`` lines with reasons."""

    labels: Mapping[str, tuple[bool, ...]]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Scores and labels of the same rows; truths of requests that were not captured have none."""

    scores: tuple[float, ...]
    labels: tuple[bool, ...]
    unmatched: int
    ragged: int


def read_truths(lines: Iterable[str]) -> Truths:
    """Read lines such as SageMaker's own monitor takes; the last one about a request holds.

    ``{"groundTruthData": {"data": "1,0", "encoding": "CSV"}, "eventMetadata": {"eventId": "…"},
    "eventVersion": "0"}``: a 0 or 1 for each row of the request that has this inference id.
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
    """
    found, refused = dict[str, tuple[bool, ...]](), list[tuple[str, str]]()
    for line in lines:
        if not line.strip():
            continue
        try:
            event_id, labels = _read(line)
        except ValueError as error:
            refused.append((line, str(error)[:LONGEST_REASON]))
        else:
            found[event_id] = labels
    return Truths(found, tuple(refused))


def joined(requests: Sequence[Captured], truths: Truths) -> Joined:
    """Put scores and labels together by the requests' ids."""
    scores, labels, met, ragged = list[float](), list[bool](), set[str](), 0
    for request in requests:
        known = [name for name in request.names if name in truths.labels]
        if not known:
            continue
        met.update(known)
        told = truths.labels[known[-1]]
        if len(told) != len(request.predictions):
            ragged += 1
            continue
        scores += request.predictions
        labels += told
    return Joined(tuple(scores), tuple(labels), len(truths.labels) - len(met), ragged)


def _read(line: str) -> tuple[str, tuple[bool, ...]]:
    try:
        record: Any = json.loads(line)
        data, event_id = record["groundTruthData"]["data"], record["eventMetadata"]["eventId"]
    except (ValueError, RecursionError):
        raise ValueError("the truth is no JSON") from None
    except (TypeError, KeyError):
        raise ValueError("it lacks groundTruthData.data or eventMetadata.eventId") from None
    if not isinstance(event_id, str) or not isinstance(data, str):
        raise ValueError("data and eventId have to be texts")
    labels = [cell.strip() for cell in data.split(",")]
    if not set(labels) <= {"0", "1"}:
        raise ValueError("data has to be a 0 or 1 for each row, such as 1,0")
    return event_id, tuple(cell == "1" for cell in labels)
