"""A lake for a demo without one: a bucket with training sets, told of as the lake tells."""

import json
import tempfile
from pathlib import Path

from fixtures.training_set import TrainingSet
from sandbox.host.client import Sandbox
from stacks.data_lake.contracts import offers

LAKE = "DataLake"
BUCKET = "datalake-of-the-demo"  # begins as the lake's own does, by which its readers know it


class Lake:
    """What the lake offers to others, and nothing else of it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._s3, self._events = sandbox.client("s3"), sandbox.client("events")
        self._offered = offers(stack_name=LAKE)
        self._s3.create_bucket(Bucket=BUCKET)
        sandbox.client("ssm").put_parameter(
            Name=self._offered.manifests.bucket.parameter,
            Value=BUCKET,
            Type="String",
            Overwrite=True,
        )

    def publish(self, training_set: TrainingSet) -> str:
        """Put files and manifest where the lake has them; gives the manifest's place."""
        files = []
        with tempfile.TemporaryDirectory() as scratch:
            for path in training_set.write(Path(scratch)):
                name = f"{training_set.content_hash[:8]}-{path.name}"
                key = f"{self._offered.training_rows.prefix}{name}"
                self._s3.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())
                size = path.stat().st_size
                files.append({"path": f"s3://{BUCKET}/{key}", "rows": 0, "bytes": size})
        key = f"{self._offered.manifests.prefix}{training_set.content_hash}.json"
        document = {**training_set.manifest, "files": files}
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(document).encode())
        return f"s3://{BUCKET}/{key}"

    def damage(self, training_set: TrainingSet) -> None:
        """Put another split's file in the place of one, as nobody should."""
        place = f"{self._offered.training_rows.prefix}{training_set.content_hash[:8]}"
        source = {"Bucket": BUCKET, "Key": f"{place}-test.parquet"}
        self._s3.copy_object(Bucket=BUCKET, Key=f"{place}-validation.parquet", CopySource=source)

    def tell(self, training_set: TrainingSet, manifest: str) -> None:
        """Tell that there is a training set, as often as one likes."""
        detail = {
            "manifest": manifest,
            "content_hash": training_set.content_hash,
            "snapshot_id": training_set.manifest["snapshot_id"],
        }
        entry = {
            "Source": self._offered.features_ready.source,
            "DetailType": self._offered.features_ready.detail_type,
            "Detail": json.dumps(detail),
        }
        self._events.put_events(Entries=[entry])
