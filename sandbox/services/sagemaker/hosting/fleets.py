"""The variants of one configuration that run together: an endpoint has one, or two in an update."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.services.sagemaker.hosting.endpoint_configs import EndpointConfig
from sandbox.services.sagemaker.hosting.variants import Log, Variant


class Fleet:
    """All variants of a configuration, in its order."""

    def __init__(self, config: EndpointConfig, log_of: Callable[[str], Log]) -> None:
        self.config = config
        self.variants = {each.name: Variant(each, log_of(each.name)) for each in config.variants}
        capture = config.capture or {}
        self.captures = bool(capture) and capture.get("EnableCapture", True)

    @property
    def instances(self) -> int:
        """Count the instances of the variant that has the fewest: a part of each is shifted."""
        return max(1, min(variant.instances for variant in self.variants.values()))

    def start(self) -> None:
        """Start all variants; raises StartError of the first that does not come up."""
        for variant in self.variants.values():
            variant.say("Creating", f"Launching {variant.instances} instance(s).")
            variant.start()

    def weights(self) -> Mapping[str, float]:
        """Tell the weight of each variant."""
        return {name: variant.weight for name, variant in self.variants.items()}

    def is_running(self) -> bool:
        """Tell whether every variant has all of its containers."""
        return all(variant.is_running() for variant in self.variants.values())

    def keep(self, old: "Fleet", excluded: Iterable[str]) -> None:
        """Take over what the old fleet's variants had come to have, but for what is excluded."""
        left = {*excluded}
        for name, variant in self.variants.items():
            before = old.variants.get(name)
            if before is None:
                continue
            if "DesiredInstanceCount" not in left and variant.instances and before.instances:
                variant.instances = variant.desired_instances = before.desired_instances
            if "DesiredWeight" not in left:
                variant.weight = before.weight
        if "DataCaptureConfig" not in left and self.config.capture and old.config.capture:
            self.captures = old.captures

    def say(self, status: str, message: str) -> None:
        """Say of all variants what is done with them."""
        for variant in self.variants.values():
            variant.say(status, message)

    def silence(self) -> None:
        """Say that nothing is done with them any more."""
        for variant in self.variants.values():
            variant.states = []

    def described(self) -> list[dict[str, Any]]:
        """Show the variants as DescribeEndpoint does."""
        return [variant.described() for variant in self.variants.values()]

    def drain(self) -> None:
        """Let what is asked be answered, then end everything."""
        ends = [
            threading.Thread(target=variant.drain, name="drain (_read)", daemon=True)
            for variant in self.variants.values()
        ]
        for end in ends:
            end.start()
        for end in ends:
            end.join()

    def stop(self) -> None:
        """End everything at once."""
        for variant in self.variants.values():
            variant.stop()
