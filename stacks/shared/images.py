"""Images of AWS by Region, from a table with its source; a Region without one is refused."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aws_cdk import Aws, CfnMapping
from constructs import Construct

from stacks.settings.errors import SettingsError

TABLE = Path(__file__).with_name("registries.toml")


@cache
def registries() -> Mapping[str, Mapping[str, str]]:
    """Read the accounts of AWS's registries, by group of images and Region."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def require_image(group: str, region: str) -> None:
    """Refuse a Region that a group of images is not in; "" is any Region.

    Raises SettingsError with the Regions that have it. A Region that is known at deployment only is
    refused there, by CloudFormation, as the mapping does not have it.
    """
    allowed = registries()[group]
    if region and region not in allowed:
        raise SettingsError(
            f"CDK_DEFAULT_REGION is {region}, where the image of model_training.algorithm is not; "
            f"allowed: {', '.join(sorted(allowed))}; choose one of these with AWS_REGION, or "
            "another algorithm"
        )


class Images(Construct):
    """The registries of one group of images, as a mapping of the template."""

    def __init__(self, scope: Construct, construct_id: str, *, group: str) -> None:
        super().__init__(scope, construct_id)
        found = {region: {"Account": account} for region, account in registries()[group].items()}
        self._mapping = CfnMapping(self, "Accounts", mapping=found)

    @property
    def account(self) -> str:
        """Name AWS's account that the images of the stack's Region are in."""
        return self._mapping.find_in_map(Aws.REGION, "Account")

    def uri(self, repository: str, tag: str) -> str:
        """Name an image."""
        return f"{self.account}.dkr.ecr.{Aws.REGION}.{Aws.URL_SUFFIX}/{repository}:{tag}"
