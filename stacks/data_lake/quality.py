"""What has to hold before a table is built upon, or a training set is told of."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from guardrails import waive
from stacks.data_lake.datasets import TRAINING_SET, datasets, table_of
from stacks.data_lake.levels import allow_keys
from stacks.data_lake.quality_rules import enhanced_rules, ruleset, training_rules
from stacks.data_lake.settings import DataLake
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.catalog import Catalog
from stacks.shared.permissions import allow, on_behalf_of, waive_inline
from stacks.shared.queries import pascal

# A run has no ARN, and is asked for as if it were every ruleset; AWS's library is in its bucket:
# https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
_RUNS = "dataQualityRuleset/*"
_LIBRARY = "aws-glue-ml-data-quality-assets"


class Quality(Construct):
    """A ruleset for each table, and the role that evaluates them, which writes nothing.

    Rulesets name tables, and so are made ``after`` these.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        catalog: Catalog,
        enhanced: PrivateBucket,
        transformed: PrivateBucket,
        after: Sequence[IConstruct],
    ) -> None:
        super().__init__(scope, construct_id)
        self._database = catalog.database.ref
        found = datasets()
        rules = {
            **{table_of(each): enhanced_rules(each, settings) for each in found},
            TRAINING_SET: training_rules(settings),
        }
        self._rulesets = {
            table: glue.DataQualityRuleset(
                self,
                pascal(table),
                ruleset_name=f"{Stack.of(self).stack_name}-{table}",
                dqdl=glue.Dqdl.from_string(ruleset(lines)),
                target_table=glue.DataQualityTargetTable.from_table_name(catalog.database, table),
                description=f"What {table} has to be before anybody learns from it.",
                removal_policy=RemovalPolicy.DESTROY,  # it is code
            )
            for table, lines in rules.items()
        }
        for each in self._rulesets.values():
            each.node.add_dependency(*after)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "glue.amazonaws.com", conditions=on_behalf_of(arn_here("glue", "*"))
            ),
        )
        for dataset in found:
            enhanced.allow(self.role, "s3:GetObject", prefix=f"{dataset.name}/")
        transformed.allow(self.role, "s3:GetObject", prefix=f"{TRAINING_SET}/")
        allow_keys(self.role, reads=[enhanced, transformed])
        self._allow_evaluating()
        waive_inline(self.role)

    @property
    def substitutions(self) -> Mapping[str, str]:
        """What the states of `stages.quality` name."""
        return {
            "Database": self._database,
            "QualityRole": self.role.role_arn,
            **{
                f"{pascal(table)}Rules": made.ruleset_name for table, made in self._rulesets.items()
            },
        }

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to evaluate a ruleset."""
        return {"QualityRoleArn": self.role.role_arn}

    def allow_running(self, role: iam.Role) -> None:
        """Let the role of a state machine evaluate the rulesets and read what came of it."""
        allow(
            role,
            *("glue:StartDataQualityRulesetEvaluationRun", "glue:GetDataQualityResult"),
            on=self._named,
        )
        self._allow_runs(role)
        allow(
            role,
            "iam:PassRole",
            on=[self.role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
        )

    @property
    def _named(self) -> list[str]:
        # The construct's own ARN is in lower case, which is another resource to IAM.
        names = (made.ruleset_name for made in self._rulesets.values())
        return [arn_here("glue", f"dataQualityRuleset/{name}") for name in names]

    def _allow_evaluating(self) -> None:
        """Let the role do what AWS's guide names, and read these tables of the catalog."""
        allow(self.role, "glue:GetDataQualityRuleset", "glue:PublishDataQuality", on=self._named)
        self._allow_runs(self.role)
        above = [arn_here("glue", "catalog"), arn_here("glue", f"database/{self._database}")]
        tables = [arn_here("glue", f"table/{self._database}/{name}") for name in self._rulesets]
        allow(self.role, "glue:GetDatabase", on=above)
        allow(self.role, "glue:GetTable", on=[*above, *tables])
        library = f"arn:{Aws.PARTITION}:s3:::{_LIBRARY}-{Aws.REGION}/*"
        allow(self.role, "s3:GetObject", on=[library])
        waive(
            self.role,
            "object_wildcard",
            because="Glue Data Quality reads its own library with the role that it is given.",
            findings=[finding_on(library)],
        )

    def _allow_runs(self, role: iam.Role) -> None:
        runs = arn_here("glue", _RUNS)
        allow(role, "glue:GetDataQualityRulesetEvaluationRun", on=[runs])
        waive(
            role,
            "object_wildcard",
            because="A run of a ruleset has no ARN: AWS asks for it as for every ruleset.",
            findings=[finding_on(runs)],
        )
