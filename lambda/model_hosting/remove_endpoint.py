"""Take away what the machine has made, when the stack goes: a custom resource's entry point."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.exceptions import ClientError

from runtime.custom_resources import carry_out

logger = Logger()
POLL_SECONDS = 5
SPARE_SECONDS = 15  # of the function's time, in which it can still answer
_GONE = "Could not find"


class Removal:
    """Endpoint, scaling, configurations and models of one name; what is gone is no matter."""

    def __init__(
        self, endpoint: str, sagemaker: Any, scaling: Any, sleep: Callable[[float], None]
    ) -> None:
        self._endpoint, self._sagemaker, self._scaling = endpoint, sagemaker, scaling
        self._sleep = sleep

    def all(self, seconds_left: Callable[[], float]) -> None:
        """Remove everything; raise TimeoutError where the endpoint takes longer than there is time.

        An endpoint in the middle of an update cannot be deleted: that is waited for.
        """
        self._remove_scaling()
        while self._exists():
            if seconds_left() < SPARE_SECONDS + POLL_SECONDS:
                raise TimeoutError(
                    f"endpoint {self._endpoint} is not gone in time; delete the stack once more"
                )
            self._ask_to_go()
            self._sleep(POLL_SECONDS)
        for name in self._made("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"):
            self._sagemaker.delete_endpoint_config(EndpointConfigName=name)
        for name in self._made("list_models", "Models", "ModelName"):
            self._sagemaker.delete_model(ModelName=name)

    def _remove_scaling(self) -> None:
        """Deregister targets, which takes their policies and alarms along."""
        reply = self._scaling.describe_scalable_targets(ServiceNamespace="sagemaker")
        for target in reply["ScalableTargets"]:
            if target["ResourceId"].startswith(f"endpoint/{self._endpoint}/"):
                self._scaling.deregister_scalable_target(
                    ServiceNamespace="sagemaker",
                    ResourceId=target["ResourceId"],
                    ScalableDimension=target["ScalableDimension"],
                )

    def _exists(self) -> bool:
        try:
            self._sagemaker.describe_endpoint(EndpointName=self._endpoint)
        except ClientError as error:
            if _GONE in error.response["Error"]["Message"]:
                return False
            raise
        return True

    def _ask_to_go(self) -> None:
        try:
            self._sagemaker.delete_endpoint(EndpointName=self._endpoint)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            if _GONE not in message:
                logger.info("endpoint not deleted yet", extra={"error": message})

    def _made(self, operation: str, members: str, name: str) -> Iterator[str]:
        """Yield the names that the machine gives: the endpoint's, a version, and a number."""
        pages = self._sagemaker.get_paginator(operation).paginate(NameContains=self._endpoint)
        found = [each[name] for page in pages for each in page[members]]
        yield from (each for each in found if each.startswith(f"{self._endpoint}-v"))


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Answer CloudFormation: nothing is made here, and all is removed when the resource goes."""
    carry_out(event, lambda: remove(event, context))


def remove(event: Mapping[str, Any], context: Any) -> None:
    """Remove everything when the resource goes, and nothing before."""
    if event["RequestType"] == "Delete":
        clients = boto3.client("sagemaker"), boto3.client("application-autoscaling")
        removal = Removal(event["ResourceProperties"]["EndpointName"], *clients, time.sleep)
        removal.all(lambda: context.get_remaining_time_in_millis() / 1000)
        if alarm := event["ResourceProperties"].get("AlarmName"):
            # A policy by steps leaves its alarm to whoever made it.
            boto3.client("cloudwatch").delete_alarms(AlarmNames=[alarm])
