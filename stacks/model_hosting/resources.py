"""What the parts of hosting share: places, names, and what protects and watches them."""

from dataclasses import dataclass

from stacks.model_hosting.contracts import Inputs, Offers
from stacks.shared.bucket import PrivateBucket
from stacks.shared.key import CustomerKey
from stacks.shared.monitoring import Monitoring
from stacks.shared.powertools import PowertoolsLayer


@dataclass(frozen=True, slots=True)
class Resources:
    """``endpoint`` is the name of what the machine makes: SageMaker has it in small letters.

    ``models`` are those of a multi-model endpoint, each an archive.
    """

    endpoint: str
    key: CustomerKey
    monitoring: Monitoring
    powertools: PowertoolsLayer
    captures: PrivateBucket
    failures: PrivateBucket
    batches: PrivateBucket
    models: PrivateBucket | None
    inputs: Inputs
    offered: Offers
