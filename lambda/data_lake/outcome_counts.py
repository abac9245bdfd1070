"""What happened to files, and to their records, as metrics name it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from data_lake.modeling import Outcome

COUNTED = (
    *("FilesModeled", "FilesRepeated", "FilesHandedOver", "FilesWithAddedColumns"),
    "ObjectsCatalogued",
)


@dataclass(slots=True)
class Counts:
    """What happened to some files, and to their records."""

    files: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    files_set_aside: Counter[str] = field(default_factory=Counter)
    records_set_aside: Counter[str] = field(default_factory=Counter)

    def add(self, outcomes: Sequence[Outcome] | None) -> None:
        """Count a file by what became of its data sets, or one that was modeled before: None.

        One that was handed over has no outcome yet.
        """
        if not outcomes:
            self.files["FilesRepeated" if outcomes is None else "FilesHandedOver"] += 1
            return
        if reasons := [each.file_reason for each in outcomes if each.file_reason]:
            self.files_set_aside.update(reasons)
            return
        if objects := sum(each.objects for each in outcomes):
            self.files["ObjectsCatalogued"] += objects
            return
        self.files["FilesModeled"] += 1
        self.files["FilesWithAddedColumns"] += any(each.added for each in outcomes)
        for outcome in outcomes:
            self.records["RecordsModeled"] += outcome.good
            self.records["RecordsRepeated"] += outcome.repeated
            self.records_set_aside.update(outcome.set_aside)

    def totals(self) -> dict[str, int]:
        """Name the counts as their metrics are named."""
        return {
            **{name: self.files[name] for name in COUNTED},
            "FilesSetAside": self.files_set_aside.total(),
            **{name: self.records[name] for name in ("RecordsModeled", "RecordsRepeated")},
            "RecordsSetAside": self.records_set_aside.total(),
        }

    def by_reason(self) -> Iterator[tuple[str, str, int]]:
        """Tell what was set aside: the metric, the reason, and how often it was that."""
        for name in ("files", "records"):
            for reason, count in sorted(getattr(self, f"{name}_set_aside").items()):
                yield f"{name.capitalize()}SetAside", reason, count
