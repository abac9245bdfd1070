"""Deployments straight by CloudFormation: quicker than by the CDK, and made to fail on purpose."""

import uuid

from sandbox.host.client import Sandbox
from testing.inventory import inventory


class DirectDeployment:
    """Deploys a template whose assets are there already, again and again for the first time."""

    def __init__(self, sandbox: Sandbox, stack: str, template: str) -> None:
        self._sandbox, self.stack = sandbox, stack
        self._stacks = sandbox.client("cloudformation")
        s3 = sandbox.client("s3")
        bucket = f"direct-deployments-{uuid.uuid4().hex}"
        s3.create_bucket(Bucket=bucket)  # a template of this size does not fit into the request
        s3.put_object(Bucket=bucket, Key="template", Body=template.encode())
        self._url = f"https://s3.amazonaws.com/{bucket}/template"
        self._before = inventory(sandbox)

    def create(self, *, failing: str = "", rollback: bool = True) -> str:
        """Create the stack while one API action fails once; gives its last status."""
        rule = {"action": failing, "code": "InternalFailure", "times": 1}
        self._sandbox.faults([rule] if failing else [])
        try:
            self._stacks.create_stack(
                StackName=self.stack,
                TemplateURL=self._url,
                Capabilities=["CAPABILITY_IAM"],
                OnFailure="ROLLBACK" if rollback else "DO_NOTHING",
            )
            return self._ended()
        finally:
            self._sandbox.faults([])

    def buckets(self) -> list[str]:
        """List the buckets that the stack has made."""
        pages = self._stacks.get_paginator("list_stack_resources").paginate(StackName=self.stack)
        return [
            resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == "AWS::S3::Bucket"
        ]

    def roll_back(self) -> str:
        """Roll back what failed and was left standing; gives the last status."""
        self._stacks.rollback_stack(StackName=self.stack)
        return self._ended()

    def forget(self) -> None:
        """Delete the stack; one that was rolled back cannot be created again before that."""
        self._stacks.delete_stack(StackName=self.stack)
        waiter = self._stacks.get_waiter("stack_delete_complete")
        waiter.wait(StackName=self.stack, WaiterConfig={"Delay": 1})

    def left(self) -> set[str]:
        """Name all that there is now and was not before, but for the stack's own record."""
        return inventory(self._sandbox) - self._before - {f"stack {self.stack}"}

    def _ended(self) -> str:
        while True:  # the sandbox holds its answer until something has changed
            status: str = self._stacks.describe_stacks(StackName=self.stack)["Stacks"][0][
                "StackStatus"
            ]
            if not status.endswith("_IN_PROGRESS"):
                return status
