"""How often each variant was right: what was captured, joined with the truth that came. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from model_hosting.endpoint_answer import predictions_of
from model_hosting.readout import Sample

POSITIVE_FROM = 0.5  # of a score: the threshold that training judges by, too


@dataclass(slots=True)
class Truths:
    """What came true, row by row, by the id of a request: SageMaker's, or its inference id.

    ``unread`` counts lines that tell nothing of the kind: they are left out.
    """

    by_id: dict[str, list[bool]] = field(default_factory=dict)
    unread: int = 0

    def add(self, lines: Iterable[str]) -> None:
        """Read lines as AWS wants ground truth; of one that comes again the last one holds.

        https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
        """
        for line in lines:
            try:
                record = json.loads(line)
                name = record["eventMetadata"]["eventId"]
                self.by_id[str(name)] = _truths(record["groundTruthData"])
            except (ValueError, KeyError, TypeError):
                self.unread += 1


def _truths(told: Mapping[str, Any]) -> list[bool]:
    """Read a 0 or 1 for each row, such as ``1,0``."""
    cells = [cell.strip() for cell in str(told["data"]).split(",")]
    if set(cells) - {"0", "1"}:
        raise ValueError("truths other than 0 and 1")
    return [cell == "1" for cell in cells]


@dataclass(slots=True)
class Rightness:
    """The share of rows that a variant told rightly, request by request.

    Rows of one request are not independent, so a request is one observation: its share.
    """

    truths: Truths
    since: str
    unread: int = 0
    _shares: dict[str, float] = field(default_factory=dict)

    def add(self, lines: Iterable[str]) -> None:
        """Read captured lines; those of before the experiment, and without a truth, say nothing."""
        for line in lines:
            try:
                record = json.loads(line)
                about = record["eventMetadata"]
                names = [about["eventId"], about.get("inferenceId", "")]
                known = [name for name in names if name in self.truths.by_id]
                if not known or about["inferenceTime"] < self.since:
                    continue
                truths = self.truths.by_id[known[-1]]
                told = record["captureData"]["endpointOutput"]["data"]
                scores = predictions_of(told.encode(), len(truths))
                right = [
                    (score >= POSITIVE_FROM) == true
                    for score, true in zip(scores, truths, strict=True)
                ]
                self._shares.setdefault(known[-1], sum(right) / len(right))
            except (ValueError, KeyError, TypeError, AttributeError):
                self.unread += 1

    def sample(self) -> Sample:
        """Sum up: of requests of one row each, the squares are the sum."""
        shares = self._shares.values()
        return Sample(len(shares), sum(shares), sum(share * share for share in shares))
