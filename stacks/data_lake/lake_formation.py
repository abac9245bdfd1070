"""Lake Formation in front of the catalog: a tag on the database, and who may do what by it."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, CfnResource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lakeformation as lakeformation
from constructs import Construct

from stacks.data_lake.levels import allow_keys
from stacks.data_lake.resources import Resources
from stacks.data_lake.zone import TableZone
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.permissions import allow, allow_unscoped, on_behalf_of, waive_inline

GOVERNED = "governed"
READ, WRITE = ("DESCRIBE", "SELECT"), ("ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT")
_Permissions = lakeformation.CfnPrincipalPermissions


def ask_for_data(role: iam.Role) -> None:
    """Let a role ask for keys to the files of tables that it was granted.

    https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html
    """
    allow_unscoped(
        role,
        "AskForData",
        "lakeformation:GetDataAccess",
        because="Lake Formation decides table by table, by its own grants; IAM knows no resource.",
    )


class LakeFormation(Construct):
    """Rights by a tag, which tables have from their database: those too that are made later.

    Queries read a zone with keys that Lake Formation gives out, and these may read only; those that
    it gives to Glue's optimizers may write to the zones whose tables they keep. A zone is
    registered ``after`` what makes tables, as those of a registered place want a right to it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        resources: Resources,
        zones: Mapping[str, PrivateBucket],
        after: Sequence[Construct],
    ) -> None:
        super().__init__(scope, construct_id)
        database = resources.catalog.outputs["DatabaseName"]
        self._tag_key = Stack.of(self).stack_name
        tag = lakeformation.CfnTag(self, "Tag", tag_key=self._tag_key, tag_values=[GOVERNED])
        association = lakeformation.CfnTagAssociation
        self._tagged = association(
            self,
            "Tagged",
            lf_tags=[
                association.LFTagPairProperty(
                    catalog_id=Aws.ACCOUNT_ID, tag_key=self._tag_key, tag_values=[GOVERNED]
                )
            ],
            resource=association.ResourceProperty(
                database=association.DatabaseResourceProperty(
                    catalog_id=Aws.ACCOUNT_ID, name=database
                )
            ),
        )
        self._tagged.add_resource_dependency(tag)
        reader = self._role("Reader")
        self._places: dict[str, CfnResource] = {}
        for name, zone in zones.items():
            role = reader
            if isinstance(zone, TableZone):
                role = self._role(f"{name}Keeper")
                zone.take_from(role)
                zone.allow(role, "s3:DeleteObject")
                allow_keys(role, reads=[zone], writes=[zone])
            zone.allow(role, "s3:GetObject")
            allow(role, "s3:ListBucket", on=[zone.bucket_arn])
            place = lakeformation.CfnResource(
                self,
                f"{name}Place",
                resource_arn=zone.bucket_arn,
                role_arn=role.role_arn,
                use_service_linked_role=False,
                hybrid_access_enabled=False,
            )
            place.node.add_dependency(*after, role)
            self._places[zone.bucket_arn] = place
            if role is not reader:
                waive_inline(role)
        allow_keys(reader, reads=[z for z in zones.values() if not isinstance(z, TableZone)])
        waive_inline(reader)

    def _role(self, construct_id: str) -> iam.Role:
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "lakeformation.amazonaws.com",
                conditions=on_behalf_of(arn_here("lakeformation", "*")),
            ),
        )

    def allow(self, construct_id: str, principal: str, permissions: Sequence[str]) -> None:
        """Grant rights on every table of the lake, and that the database is seen."""
        for kind, rights in {"DATABASE": ["DESCRIBE"], "TABLE": permissions}.items():
            policy = _Permissions.LFTagPolicyResourceProperty(
                catalog_id=Aws.ACCOUNT_ID,
                expression=[
                    _Permissions.LFTagProperty(tag_key=self._tag_key, tag_values=[GOVERNED])
                ],
                resource_type=kind,
            )
            self._grant(
                f"{construct_id}{kind.capitalize()}",
                principal,
                rights,
                _Permissions.ResourceProperty(lf_tag_policy=policy),
                self._tagged,
            )

    def allow_making(self, construct_id: str, principal: str, database: str) -> None:
        """Grant that tables are made in a database, which are then the maker's own."""
        self._grant(
            f"{construct_id}Making",
            principal,
            ["CREATE_TABLE", "DESCRIBE"],
            _Permissions.ResourceProperty(
                database=_Permissions.DatabaseResourceProperty(
                    catalog_id=Aws.ACCOUNT_ID, name=database
                )
            ),
            self._tagged,
        )

    def allow_place(self, construct_id: str, principal: str, zone: PrivateBucket) -> None:
        """Grant that tables have their files in a zone."""
        self._grant(
            f"{construct_id}Place",
            principal,
            ["DATA_LOCATION_ACCESS"],
            _Permissions.ResourceProperty(
                data_location=_Permissions.DataLocationResourceProperty(
                    catalog_id=Aws.ACCOUNT_ID, resource_arn=zone.bucket_arn
                )
            ),
            self._places[zone.bucket_arn],
        )

    def _grant(
        self,
        construct_id: str,
        principal: str,
        permissions: Sequence[str],
        resource: _Permissions.ResourceProperty,
        after: CfnResource,
    ) -> None:
        _Permissions(
            self,
            construct_id,
            principal=_Permissions.DataLakePrincipalProperty(
                data_lake_principal_identifier=principal
            ),
            permissions=[*permissions],
            permissions_with_grant_option=[],
            resource=resource,
        ).add_resource_dependency(after)
