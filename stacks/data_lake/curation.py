"""What stands behind the modeled zone: tables that Spark keeps, and what is made of them."""

from constructs import Construct

from stacks.data_lake.contracts import Inputs
from stacks.data_lake.datasets import TRAINING_SET
from stacks.data_lake.flow import Flow
from stacks.data_lake.flow_monitoring import monitor_flow
from stacks.data_lake.merging import Merging
from stacks.data_lake.quality import Quality
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.data_lake.training_set import TrainingSet


class Curation(Construct):
    """The zones and jobs that an architecture has if its setting ``enhanced`` is true."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        resources: Resources,
        inputs: Inputs,
    ) -> None:
        super().__init__(scope, construct_id)
        merging = Merging(
            self,
            "Enhanced",
            settings,
            key=resources.baseline.key,
            level=resources.levels["enhanced"],
            database=resources.catalog.database.ref,
            modeled=resources.modeled,
        )
        training_set = TrainingSet(
            self,
            "TrainingSet",
            settings,
            resources=resources,
            enhanced=merging.zone,
            faces=inputs.detections if settings.demographics else None,
        )
        self.made = [merging.made, training_set.made]
        quality = Quality(
            self,
            "Quality",
            settings,
            catalog=resources.catalog,
            enhanced=merging.zone,
            transformed=training_set.zone,
            after=self.made,
        )
        flow = Flow(
            self,
            "Flow",
            settings,
            resources=resources,
            merging=merging,
            training_set=training_set,
            quality=quality,
        )
        monitor_flow(resources.monitoring, flow)
        self.zones = {"Enhanced": merging.zone, "Transformed": training_set.zone}
        self.writers = {
            "Merging": (merging.job.role, merging.zone),
            "Optimizers": (merging.optimizers.role, merging.zone),
            "TrainingSet": (training_set.job.role, training_set.zone),
            "TrainingSetOptimizers": (training_set.optimizers.role, training_set.zone),
        }
        self.optimizers = [merging.optimizers.role, training_set.optimizers.role]
        self.readers = {"Quality": quality.role}
        self.tables = [*merging.tables, TRAINING_SET]
        self.outputs = {
            **merging.outputs,
            **training_set.outputs,
            **quality.outputs,
            **flow.outputs,
        }
