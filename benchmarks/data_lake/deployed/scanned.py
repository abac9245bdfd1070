"""What queries read and what that costs, in Markdown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.data_lake.deployed.lake import BATCH
from costs.bill import SMALLEST_SCAN, total
from costs.data_lake import per_gigabyte
from costs.markdown import table
from costs.prices import prices

DAYS = 100
TERABYTE = 1e12  # bytes of raw files
FEWER, FEWER_OF_A_DAY = 10, 50  # times fewer bytes, at least


@dataclass(frozen=True, slots=True)
class Read:
    """Bytes that a query scanned, and objects that it fetched from S3."""

    scanned: int
    objects: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, of all days or of one, and what it took to answer it from either."""

    asks: str
    of_a_day: bool
    raw: Read
    iceberg: Read

    @property
    def ratio(self) -> float:
        """How many times fewer bytes Iceberg took."""
        return self.raw.scanned / self.iceberg.scanned


def told(answers: Sequence[Answer]) -> str:
    """Tabulate bytes, objects and dollars, and hold the ratios to what was wanted."""
    rows = [
        [answer.asks, "one" if answer.of_a_day else "all",
         f"{answer.raw.scanned:,}", f"{answer.iceberg.scanned:,}", f"{answer.ratio:,.0f}",
         f"{answer.raw.objects:,}", f"{answer.iceberg.objects:,}",
         f"{_query(TERABYTE):.2f}", f"{_query(TERABYTE / answer.ratio):.4f}"]
        for answer in answers
    ]  # fmt: skip
    heads = ["Asked is", "Days", "Bytes, CSV", "Bytes, Iceberg", "Times fewer",
             "Objects, CSV", "Objects, Iceberg", "$, CSV", "$, Iceberg"]  # fmt: skip
    whole = min(answer.ratio for answer in answers if not answer.of_a_day)
    day = min(answer.ratio for answer in answers if answer.of_a_day)
    taken = total(per_gigabyte(TERABYTE / 1e9))
    return "\n\n".join(
        [
            HOW,
            table(heads, rows),
            f"At least {whole:,.0f} times fewer bytes of all days, {_kept(whole, FEWER)}, and "
            f"{day:,.0f} times of one, {_kept(day, FEWER_OF_A_DAY)}. To take in a terabyte of raw "
            f"files costs {taken.low:,.0f} to {taken.high:,.0f} dollars, storage for as long as "
            "they are kept included and runs of Spark not: see "
            "[what it costs](data_lake.md#what-it-costs).",
        ]
    )


HOW = (
    f"{BATCH:,} visits of {DAYS} days, a file a day, as CSV in the raw zone and merged from there"
    " into the Iceberg table, in a sandbox with IAM enforced. Each question names three columns,"
    " and both give the same answer. Bytes are Athena's `DataScannedInBytes`, which for Iceberg is"
    " held against the sizes of the column chunks in the files themselves; the filter's own column"
    " is counted, too. Objects are the files with such rows, for CSV all of them, for Iceberg with"
    " manifests, their list and the metadata. Dollars are for a terabyte of raw files, by the"
    " [price file](data_lake.md#what-it-costs)."
)


def _query(scanned: float) -> float:
    return prices()["athena_scan"].least(max(scanned, SMALLEST_SCAN))


def _kept(ratio: float, wanted: int) -> str:
    return f"{'within' if ratio >= wanted else '**fewer than**'} the {wanted} wanted"
