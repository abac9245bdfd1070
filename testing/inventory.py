"""What there is in a sandbox, by kind and name: all that a stack of ours can leave behind."""

from typing import Any

from sandbox.host.client import Sandbox

# By kind: the service, how it lists them, where in its answer, and what names one.
KINDS = {
    "bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "layer": ("lambda", "list_layers", "Layers", "LayerName"),
    "mapping": ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "key alias": ("kms", "list_aliases", "Aliases", "AliasName"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "database": ("glue", "get_databases", "DatabaseList", "Name"),
    "workgroup": ("athena", "list_work_groups", "WorkGroups", "Name"),
    "rule": ("events", "list_rules", "Rules", "Name"),
    "machine": ("stepfunctions", "list_state_machines", "stateMachines", "name"),
}


def inventory(sandbox: Sandbox) -> set[str]:
    """Name everything, each as its kind and its name."""
    listed = {
        kind: _named(sandbox.client(service), *rest) for kind, (service, *rest) in KINDS.items()
    }
    kms, athena = sandbox.client("kms"), sandbox.client("athena")
    keys = [
        kms.describe_key(KeyId=key)["KeyMetadata"]
        for key in _named(kms, "list_keys", "Keys", "KeyId")
    ]
    stacks = sandbox.client("cloudformation").describe_stacks()["Stacks"]
    listed |= {
        "queue": sandbox.client("sqs").list_queues().get("QueueUrls", []),
        "table": sandbox.client("dynamodb").list_tables()["TableNames"],
        "key": [
            key["KeyId"]
            for key in keys
            if key["KeyManager"] == "CUSTOMER" and key["KeyState"] != "PendingDeletion"
        ],
        "saved query": [
            query
            for group in listed["workgroup"]
            for query in athena.list_named_queries(WorkGroup=group)["NamedQueryIds"]
        ],
        "stack": [s["StackName"] for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"],
    }
    return {f"{kind} {name}" for kind, found in listed.items() for name in found}


def _named(client: Any, operation: str, member: str, name: str) -> list[str]:
    """List one kind of resource by name."""
    pages = client.can_paginate(operation)
    replies = (
        client.get_paginator(operation).paginate() if pages else [getattr(client, operation)()]
    )
    return [found[name] for reply in replies for found in reply[member]]
