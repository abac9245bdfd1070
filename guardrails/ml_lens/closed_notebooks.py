"""SMK6: notebooks and Studio are in a network of ours, without root and without the internet."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import IMPORTED, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

NOTEBOOK, DOMAIN = "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::Domain"
WANTED = {
    NOTEBOOK: (("RootAccess", "Disabled"), ("DirectInternetAccess", "Disabled")),
    DOMAIN: (("AppNetworkAccessType", "VpcOnly"),),
}
PRESENT = {NOTEBOOK: ("SubnetId", "SecurityGroupIds"), DOMAIN: ("SubnetIds", "VpcId")}
METADATA = ("InstanceMetadataServiceConfiguration", "MinimumInstanceMetadataServiceVersion")


def check(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield what opens a notebook or a Studio domain; AWS's defaults open both."""
    for name, wanted in WANTED[holder.type]:
        if (value := holder.at(name)) != wanted:
            detail = f"is {'not set' if value is None else value}, not {wanted}"
            yield Finding(holder.logical_id, f"Properties.{name}", detail)
    for name in PRESENT[holder.type]:
        if not holder.at(name):
            yield Finding(holder.logical_id, f"Properties.{name}", "is not set")
    if holder.type == NOTEBOOK and holder.at(*METADATA) not in (None, "2"):
        yield Finding(holder.logical_id, f"Properties.{'.'.join(METADATA)}", "is not 2")


_CLOSED = {
    "RootAccess": "Disabled",
    "DirectInternetAccess": "Disabled",
    "SubnetId": IMPORTED[0],
    "SecurityGroupIds": IMPORTED,
}
RULE = Rule(
    id="MlLens-SMK6",
    practice="MLSEC05-BP01",
    message="a notebook must be closed",
    fix="disable root and direct internet access, and name a private subnet and its groups",
    check=per_resource(WANTED, check),
    types=tuple(WANTED),
    compliant=one(NOTEBOOK, **_CLOSED),
    violating=one(NOTEBOOK, **{**_CLOSED, "RootAccess": "Enabled"}),
    beyond=(
        "AwsSolutions-SM1",
        "AwsSolutions-SM3",
        "NIST.800.53.R5-SageMakerNotebookNoDirectInternetAccess",
    ),
)
