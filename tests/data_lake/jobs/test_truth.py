"""From files of every format to training rows, in folders, against the truth of every record."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.data_lake.truth.found import rows
from benchmarks.data_lake.truth.measure import OF_PURCHASES, OF_VISITS, TRAINING
from benchmarks.data_lake.truth.sent import FORMS, Sender
from data_lake.build_features import PURCHASES, VISITS, enhanced
from data_lake.containers import Format, container_of
from data_lake.contract import newest_contracts
from data_lake.enhanced_table import EnhancedTable
from data_lake.labelled_visits import known_until
from data_lake.merge_records import merge
from data_lake.modeling import Modeling
from data_lake.places import modeled_key
from data_lake.read_faces import NONE, read_faces
from data_lake.training_rows import Rules, examples, training_rows
from demos.data_lake.known import foresight
from fixtures.retail.truth import Truth
from runtime.object_versions import ObjectVersion
from stacks.data_lake.datasets import datasets
from stacks.data_lake.enhanced_tables import PROPERTIES

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
DAY = datetime(2026, 11, 27, tzinfo=UTC)
FIRST, SECOND = DAY + timedelta(days=1, hours=1), DAY + timedelta(days=1, hours=3)
RULES = Rules(window_days=28, label_minutes=30, validation_percent=15, test_percent=15)


class Lake:
    """Zones in folders, and tables of Iceberg."""

    def __init__(self, spark, folder):
        self.spark, self.folder = spark, folder
        self.contracts, self.rejects = newest_contracts(), []
        self.tables = {d.name: self.made(d) for d in datasets()}

    def made(self, dataset):
        """Make a table, as the stack does."""
        name = f"glue_catalog.truth.{dataset.name}"
        found = EnhancedTable(
            dataset.name, name, dataset.hive_columns, dataset.key, dataset.partition
        )
        properties = ", ".join(f"'{key}' = '{value}'" for key, value in PROPERTIES.items())
        self.spark.sql(f"DROP TABLE IF EXISTS {name}")
        self.spark.sql(
            f"CREATE TABLE {name} ({found.spark_schema}) USING iceberg "
            f"PARTITIONED BY (days(`{found.partition}`)) TBLPROPERTIES ({properties})"
        )
        return found

    def take(self, key, content, arrival):
        """Model a file, as the function does, and put what came of it into its zones."""
        source = ObjectVersion("raw", key, "v", "e", "0", len(content), arrival)
        contract, container = self.contracts[key.partition("/")[0]], container_of(key)
        work = self.folder / "work" / source.object_id
        work.mkdir(parents=True)
        with Modeling(work, contract, source, timedelta(days=400)) as modeling:
            if container.format is Format.PARQUET:
                (work / "source.parquet").write_bytes(content)
                modeling.take_parquet(work / "source.parquet")
            else:
                modeling.take_text([content], container, 10**9)
            outcome = modeling.finish()
        for day, path in outcome.parts.items():
            target = self.folder / "modeled" / modeled_key(contract.dataset, day, source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
        self.rejects += [outcome.rejects] if outcome.rejects else []

    def merge(self):
        """Merge what was modeled."""
        for table in self.tables.values():
            merge(
                self.spark, table, f"{(self.folder / 'modeled').as_uri()}/", DAY.replace(year=2025)
            )

    def files(self, dataset):
        """List the files of a table as it is."""
        found = self.spark.table(f"{self.tables[dataset].name}.files").select("file_path").collect()
        return [row[0].removeprefix("file:") for row in found]

    def learn(self):
        """Build the training rows; gives their files."""
        names = (self.tables[name].name for name in ("retail_visits", "retail_purchases"))
        visits, purchases = (
            enhanced(self.spark, name, columns, {})
            for name, columns in zip(names, (VISITS, PURCHASES), strict=True)
        )
        (as_of,) = known_until(visits, purchases).head()
        faces, _ = read_faces(self.spark, NONE)
        found = examples(visits, purchases, faces, RULES)
        made = training_rows(found.persist(), as_of, RULES)
        made.rows.write.parquet(str(self.folder / "training"))
        return [*(self.folder / "training").glob("*.parquet")]


def test_every_record_is_where_it_belongs_and_no_row_knows_of_later(iceberg, tmp_path):
    lake, notes = Lake(iceberg, tmp_path), tmp_path / "truth"
    notes.mkdir()
    truth = Truth(notes)
    sender = Sender(truth, DAY, count=1_500, forms=FORMS[-4:])
    for key, content in sender.first():
        lake.take(key, content, FIRST)
    lake.merge()
    for number, (key, content) in enumerate(sender.second(left_at=FIRST + timedelta(seconds=1))):
        lake.take(key, content, SECOND + timedelta(seconds=number))
    lake.merge()
    held = [truth.hold_table(name, lake.files(name)) for name in lake.tables]
    held.append(truth.hold_quarantine(lake.rejects))
    assert [each for each in held if not each.is_right] == []
    assert min(each.found for each in held) > 60
    seen = foresight(
        rows(lake.learn(), TRAINING),
        rows(lake.files("retail_visits"), OF_VISITS),
        rows(lake.files("retail_purchases"), OF_PURCHASES),
        RULES.window_days,
        RULES.label_minutes,
    )
    assert (seen.wrong, seen.rows > 1_000, seen.knowing > 150) == ((), True, True)
