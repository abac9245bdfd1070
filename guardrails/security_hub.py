"""Which of our rules refuses what a control of AWS Security Hub on SageMaker would find."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html, and the standard
# of https://docs.aws.amazon.com/securityhub/latest/userguide/standards-ai-security.html
NOTEBOOK = "AWS::SageMaker::NotebookInstance"
MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
GROUP, EXPERIMENT = "AWS::SageMaker::FeatureGroup", "AWS::SageMaker::InferenceExperiment"
SCHEDULE = "AWS::SageMaker::MonitoringSchedule"
_TLS = {"EnableInterContainerTrafficEncryption": False, "EnableNetworkIsolation": True}
_OPEN = {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": False}


@dataclass(frozen=True, slots=True)
class Control:
    """A control by its number; ``failing`` is a resource that it would find, and so does the rule.

    Where there is no rule, ``why_none`` is the reason.
    """

    number: int
    wants: str
    rule: str = ""
    type: str = ""
    failing: Mapping[str, Any] | None = None
    why_none: str = ""


def _monitor(number: int, wants: str, rule: str, kind: str, network: Mapping[str, Any]) -> Control:
    type_ = f"AWS::SageMaker::{kind}JobDefinition"
    return Control(number, wants, rule, type_, {"NetworkConfig": dict(network)})


def _schedule(number: int, wants: str, rule: str, network: Mapping[str, Any]) -> Control:
    told = {"MonitoringJobDefinition": {"NetworkConfig": dict(network)}}
    return Control(number, wants, rule, SCHEDULE, {"MonitoringScheduleConfig": told})


CONTROLS = (
    Control(1, "notebooks without direct internet access", "MlLens-SMK6", NOTEBOOK,
            {"DirectInternetAccess": "Enabled"}),
    Control(2, "notebooks in a VPC of one's own", "MlLens-SMK6", NOTEBOOK,
            {"DirectInternetAccess": "Disabled", "RootAccess": "Disabled"}),
    Control(3, "notebooks without root", "MlLens-SMK6", NOTEBOOK, {"RootAccess": "Enabled"}),
    Control(4, "production variants with more than one instance", "MlLens-SMK8", CONFIG,
            {"ProductionVariants": [{"VariantName": "v", "InitialInstanceCount": 1}]}),
    Control(5, "models in network isolation", "MlLens-SMK1", MODEL,
            {"EnableNetworkIsolation": False}),
    Control(6, "tags on app image configurations", why_none="every resource has the tags of the "
            "setting project.tags; which those are, a team decides"),
    Control(7, "tags on images", why_none="likewise"),
    Control(8, "notebooks on a platform that is supported", "MlLens-HST1", NOTEBOOK,
            {"PlatformIdentifier": "notebook-al1-v1"}),
    _monitor(9, "data quality jobs that talk over TLS", "MlLens-SMK4", "DataQuality", _TLS),
    _monitor(10, "explainability jobs that talk over TLS", "MlLens-SMK4",
             "ModelExplainability", _TLS),
    _monitor(11, "data quality jobs in network isolation", "MlLens-SMK1", "DataQuality", _OPEN),
    _monitor(12, "bias jobs in network isolation", "MlLens-SMK1", "ModelBias", _OPEN),
    _monitor(13, "model quality jobs that talk over TLS", "MlLens-SMK4", "ModelQuality", _TLS),
    _schedule(14, "monitoring schedules in network isolation", "MlLens-SMK1", _OPEN),
    _monitor(15, "bias jobs that talk over TLS", "MlLens-SMK4", "ModelBias", _TLS),
    Control(16, "the primary container from a registry in a VPC", why_none="images of AWS come "
            "from its registries, which no VPC has; COD1 refuses images of anybody else"),
    Control(17, "offline stores of feature groups under a key", "MlLens-ENC1", GROUP,
            {"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://b"}}}),
    Control(18, "online stores of feature groups under a key", "MlLens-ENC1", GROUP,
            {"OnlineStoreConfig": {"EnableOnlineStore": True}}),
    Control(19, "containers of a pipeline from a registry in a VPC", why_none="as of the primary "
            "container"),
    _monitor(20, "explainability jobs in network isolation", "MlLens-SMK1",
             "ModelExplainability", _OPEN),
    Control(21, "notebooks under a customer's key", "MlLens-ENC1", NOTEBOOK, {}),
    _schedule(22, "monitoring schedules that talk over TLS", "MlLens-SMK4", _TLS),
    Control(23, "inference experiments whose instances are under a customer's key", "MlLens-ENC1",
            EXPERIMENT, {}),
    Control(24, "inference experiments whose data is under a customer's key", "MlLens-ENC4",
            EXPERIMENT, {"DataStorageConfig": {"Destination": "s3://b"}}),
    _monitor(25, "model quality jobs in network isolation", "MlLens-SMK1", "ModelQuality", _OPEN),
)  # fmt: skip
