"""The resources of the lake that what stands behind the modeled zone works with."""

from dataclasses import dataclass

from stacks.data_lake.catalog import LakeCatalog
from stacks.data_lake.levels import Levels
from stacks.data_lake.zone import Zone
from stacks.shared.bucket import PrivateBucket
from stacks.shared.monitoring import Monitoring
from stacks.shared.security_baseline import SecurityBaseline


@dataclass(frozen=True, slots=True)
class Resources:
    """What protects data, what rings and charts, what can be queried, and the zones so far."""

    baseline: SecurityBaseline
    levels: Levels
    monitoring: Monitoring
    catalog: LakeCatalog
    raw: PrivateBucket
    modeled: Zone
    failures: Zone

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to put files in, and to look at what became of them."""
        return {
            "RawBucketName": self.raw.bucket_name,
            "ModeledBucketName": self.modeled.bucket_name,
            "FailuresBucketName": self.failures.bucket_name,
        }
