"""The state machine of the chain, which may do what its stages do."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.service_chain.permissions import allow_access, allow_right
from stacks.service_chain.resources import Resources
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import Stage, link
from stacks.service_chain.stages.rights import Access
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.function import PythonFunction
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow


class Chain(Machine):
    """Stages linked to one machine, and what each of them may do, for its role.

    ``functions``, ``tables`` and ``roles`` are known to the stages by these names.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stages: Sequence[Stage],
        settings: ServiceChain,
        functions: Mapping[str, PythonFunction],
        tables: Mapping[str, ExpiringTable],
        roles: Mapping[str, iam.Role],
        resources: Resources,
    ) -> None:
        arns = {name: function.function.function_arn for name, function in functions.items()}
        super().__init__(
            scope,
            construct_id,
            definition=link(stages, settings),
            substitutions={
                **arns,
                **{name: table.table_name for name, table in tables.items()},
                **{name: role.role_arn for name, role in roles.items()},
                "Key": resources.key.key_arn,
                "Notifications": resources.notifications.topic_arn,
                "ResultsBucket": resources.results.bucket_name,
            },
            key=resources.key,
            log_days=resources.log_days,
        )
        allow(self.role, "lambda:InvokeFunction", on=list(arns.values()))
        access = Access.union(stage.access for stage in stages)
        allow_access(self.role, access, resources=resources)
        for right in dict.fromkeys(right for stage in stages for right in stage.rights):
            allow_right(self.role, right, key=resources.key, tables=tables, roles=roles)
        if labels := [label for stage in stages for label in stage.maps]:
            self.allow_child_executions(labels)
        self.outputs = {
            "StateMachineArn": self.arn,
            **{f"{name}TableName": table.table_name for name, table in tables.items()},
        }
