"""REL7: a state machine or a schedule calls what there is, with what it takes."""

import json
from collections.abc import Iterator, Mapping

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.integrations import SCHEDULE, Called, calls
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template
from guardrails.sdk_reference import calls_of

TOKEN, SYNC = "waitForTaskToken", "sync"
# The ways of each action of an optimized integration, besides asking and going on. From AWS's page
# "Integrating optimized services with Step Functions".
OPTIMIZED: Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]] = {
    "apigateway": {("invoke",): (TOKEN,)},
    "athena": {
        ("startQueryExecution",): (SYNC,),
        ("stopQueryExecution", "getQueryExecution", "getQueryResults"): (),
    },
    "batch": {("submitJob",): (SYNC,)},
    "bedrock": {("invokeModel",): (TOKEN,), ("createModelCustomizationJob",): (SYNC,)},
    "codebuild": {
        ("startBuild", "startBuildBatch", "retryBuildBatch"): (SYNC,),
        ("stopBuild", "stopBuildBatch", "deleteBuildBatch", "batchDeleteBuilds"): (),
        ("batchGetReports",): (),
    },
    "databrew": {("startJobRun",): (SYNC,)},
    "dynamodb": {("getItem", "putItem", "updateItem", "deleteItem"): ()},
    "ecs": {("runTask",): (SYNC, TOKEN)},
    "eks": {
        ("createCluster", "deleteCluster", "createNodegroup", "deleteNodegroup"): (SYNC,),
        ("createFargateProfile", "deleteFargateProfile", "runJob"): (SYNC,),
        ("call",): (TOKEN,),
    },
    "elasticmapreduce": {
        ("createCluster", "terminateCluster", "addStep"): (SYNC,),
        ("cancelStep", "setClusterTerminationProtection"): (),
        ("modifyInstanceFleetByName", "modifyInstanceGroupByName"): (),
    },
    "emr-containers": {
        ("createVirtualCluster",): (),
        ("deleteVirtualCluster", "startJobRun"): (SYNC,),
    },
    "emr-serverless": {
        ("createApplication", "startApplication", "stopApplication"): (SYNC,),
        ("deleteApplication", "startJobRun"): (SYNC,),
        ("cancelJobRun",): (SYNC,),
    },
    "events": {("putEvents",): (TOKEN,)},
    "glue": {("startJobRun",): (SYNC,)},
    "http": {("invoke",): ()},
    "lambda": {("invoke",): (TOKEN,)},
    "mediaconvert": {("createJob",): (SYNC,)},
    "sagemaker": {
        ("createTrainingJob", "createTransformJob", "createProcessingJob"): (SYNC,),
        ("createHyperParameterTuningJob", "createLabelingJob"): (SYNC,),
        ("createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint"): (),
    },
    "sns": {("publish",): (TOKEN,)},
    "sqs": {("sendMessage",): (TOKEN,)},
    "states": {("startExecution",): (SYNC, f"{SYNC}:2", TOKEN)},
}


def check(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield services, actions and arguments that AWS would refuse when the call is made."""
    for call in calls(holder):
        problems = _of_an_sdk(call) if call.sdk else _optimized(call)
        yield from (Finding(holder.logical_id, call.location, problem) for problem in problems)


def _of_an_sdk(call: Called) -> Iterator[str]:
    known = calls_of(call.service)
    if not known:
        yield f"calls {call.service!r}, which is no service of AWS's SDKs"
        return
    action = known.get(call.action.lower())
    if action is None or call.action[:1].isupper():
        wanted = action or next(iter(known.values()))
        spelled = wanted.name[:1].lower() + wanted.name[1:]
        detail = "is spelled" if action else "has actions such as"
        yield f"calls {call.action!r}: {call.service} {detail} {spelled!r}"
        return
    if call.way not in ("", TOKEN):
        yield f"waits by {call.way!r}: an action of an SDK has {TOKEN!r} only"
    if call.arguments is None or action.takes is None:
        return
    for name in sorted(call.named - action.takes):
        yield f"passes {name!r}, which {call.service}:{call.action} does not take"
    for name in sorted(action.needs - call.named):
        yield f"does not pass {name!r}, which {call.service}:{call.action} must have"


def _optimized(call: Called) -> Iterator[str]:
    known = OPTIMIZED.get(call.service)
    if known is None:
        yield f"calls {call.service!r}, which is no optimized integration: use aws-sdk"
        return
    ways = {action: ways for actions, ways in known.items() for action in actions}
    if call.action not in ways:
        yield f"calls {call.action!r}; {call.service} has {', '.join(sorted(ways))}"
    elif call.way and call.way not in ways[call.action]:
        allowed = ", ".join(ways[call.action]) or "none"
        yield f"waits by {call.way!r}; {call.service}:{call.action} has {allowed}"


def machine(resource: str, **arguments: object) -> str:
    """Write a machine of one task."""
    task = {"Type": "Task", "Resource": resource, "Parameters": arguments, "End": True}
    return json.dumps({"StartAt": "A", "States": {"A": task}})


RULE = Rule(
    id="MlLens-REL7",
    practice="MLREL02-BP02",
    message="a call must be one that there is",
    fix="take the action and its arguments from the API reference; services in small letters",
    check=per_resource((MACHINE, SCHEDULE), check),
    types=(MACHINE, SCHEDULE),
    compliant=one(
        MACHINE,
        DefinitionString=machine("arn:x:states:::aws-sdk:s3:getObject", Bucket="b", Key="k"),
    ),
    violating=one(
        MACHINE,
        DefinitionString=machine("arn:x:states:::aws-sdk:s3:fetchObject", Bucket="b", Key="k"),
    ),
)
