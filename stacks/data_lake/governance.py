"""What governs the lake: how a person is erased from it, and who may use its tables."""

from aws_cdk import Aws
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.data_lake.curation import Curation
from stacks.data_lake.erasure import Erasure
from stacks.data_lake.lake_formation import READ, WRITE, LakeFormation, ask_for_data
from stacks.data_lake.resources import Resources
from stacks.data_lake.settings import DataLake
from stacks.shared.powertools import PowertoolsLayer


class Governance(Construct):
    """Stands over all zones. Lake Formation decides beside IAM if ``lake_formation`` is true."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        resources: Resources,
        powertools: PowertoolsLayer,
        engine: lambda_.ILayerVersion,
        curation: Curation | None,
    ) -> None:
        super().__init__(scope, construct_id)
        erasure = Erasure(
            self,
            "Erasure",
            settings,
            resources=resources,
            powertools=powertools,
            engine=engine,
            curation=curation,
        )
        self.outputs = erasure.outputs
        if settings.lake_formation:
            self._govern(settings, resources, curation, erasure)

    def _govern(
        self,
        settings: DataLake,
        resources: Resources,
        curation: Curation | None,
        erasure: Erasure,
    ) -> None:
        zones = {"Modeled": resources.modeled, "Failures": resources.failures}
        formation = LakeFormation(
            self,
            "LakeFormation",
            resources=resources,
            zones={**zones, **(curation.zones if curation else {})},
            after=[resources.catalog, *(curation.made if curation else [])],
        )
        if curation:
            for name, (role, zone) in curation.writers.items():
                formation.allow(name, role.role_arn, WRITE)
                formation.allow_place(name, role.role_arn, zone)
            for name, role in curation.readers.items():
                formation.allow(name, role.role_arn, READ)
            for role in (*curation.readers.values(), *curation.optimizers):
                ask_for_data(role)
        if curation and erasure.job:
            eraser = erasure.job.role.role_arn
            formation.allow("Erasure", eraser, WRITE)
            for name, zone in curation.zones.items():
                formation.allow_place(f"Erasure{name}", eraser, zone)
        if discovery := resources.catalog.discovery:
            crawler, drops = discovery.role.role_arn, discovery.database.ref
            formation.allow_making("Crawler", crawler, drops)
        for number, name in enumerate(settings.lake_readers, 1):
            reader = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{name}"
            formation.allow(f"Reader{number}", reader, READ)
