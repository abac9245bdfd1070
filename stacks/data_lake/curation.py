"""What stands behind the modeled zone: tables that Spark keeps, and what is made of them."""

from constructs import Construct

from stacks.data_lake.merging import Merging
from stacks.data_lake.settings import DataLake
from stacks.data_lake.training_set import TrainingSet
from stacks.shared.bucket import PrivateBucket
from stacks.shared.security_baseline import SecurityBaseline


class Curation(Construct):
    """The zones and jobs that an architecture has if its setting ``enhanced`` is true."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        baseline: SecurityBaseline,
        modeled: PrivateBucket,
    ) -> None:
        super().__init__(scope, construct_id)
        merging = Merging(self, "Enhanced", settings, baseline=baseline, modeled=modeled)
        training_set = TrainingSet(
            self,
            "TrainingSet",
            settings,
            baseline=baseline,
            modeled=modeled,
            enhanced=merging.zone,
        )
        self.outputs = {**merging.outputs, **training_set.outputs}
