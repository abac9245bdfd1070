"""ACC13: a machine makes nothing that no rule judges, changes no rights, and reads no secrets."""

from collections.abc import Iterator, Mapping
from functools import cache

from guardrails.iam_reference import actions_of
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.existing_calls import machine
from guardrails.ml_lens.granting_actions import ALSO, HARMLESS
from guardrails.ml_lens.integrations import SCHEDULE, Called, calls
from guardrails.ml_lens.known_types import packed_types, ruled_types
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.sagemaker_requests import PIPELINE, SHAPES, pipeline_steps
from guardrails.ml_lens.template import Resource, Template

# Where the SDKs, IAM and CloudFormation name a service otherwise.
IN_IAM: Mapping[str, str] = {
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "elasticloadbalancingv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "opensearch": "es",
    "s3control": "s3",
    "sfn": "states",
}
IN_TEMPLATES: Mapping[str, str] = {
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito",
    "elasticmapreduce": "emr",
    "emr-serverless": "emrserverless",
    "eventbridge": "events",
    "firehose": "kinesisfirehose",
    "opensearch": "opensearchservice",
    "sfn": "stepfunctions",
}
VERBS = ("create", "put")
# What they answer stands in the history of the execution for all who may read it.
SECRETS = ("secretsmanager:getsecretvalue", "secretsmanager:batchgetsecretvalue")
PARAMETERS = ("ssm:getparameter", "ssm:getparameters", "ssm:getparametersbypath")


def check(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield calls that outlast the execution without having been judged."""
    if holder.type == PIPELINE:
        for name, step in pipeline_steps(holder):
            cluster = step.get("ClusterConfig")
            if cluster is not None and not cluster.get("SecurityConfiguration"):
                where = f"Properties.PipelineDefinition.Steps.{name}"
                yield Finding(holder.logical_id, where, "starts EMR without SecurityConfiguration")
        return
    for call in calls(holder):
        for problem in _problems(call):
            yield Finding(holder.logical_id, call.location, problem)


def _problems(call: Called) -> Iterator[str]:
    name = f"{call.service}:{call.action}".lower()
    prefix = IN_IAM.get(call.service, call.service)
    known = actions_of(prefix).get(call.action.lower())
    full = f"{prefix}:{call.action}".lower()
    if full in ALSO or (known and known.grants and full not in HARMLESS):
        yield f"calls {call.service}:{call.action}, which changes who may do what"
        return
    if name in SECRETS or (name in PARAMETERS and "withdecryption" in call.named):
        yield f"calls {call.service}:{call.action}: the secret stands in the execution's history"
    if name == "elasticmapreduce:createcluster":
        if "securityconfiguration" not in call.named:
            yield "starts EMR without SecurityConfiguration"
    elif type_ := _made(call):
        yield f"makes an {type_} that no rule judges: define it in the template"


def _made(call: Called) -> str | None:
    verb = next((verb for verb in VERBS if call.action.startswith(verb)), None)
    kind = call.action.removeprefix(verb or "")
    if verb is None or (call.service == "sagemaker" and kind in SHAPES):
        return None
    service = IN_TEMPLATES.get(call.service, call.service)
    return _types().get(f"{service}::{kind}".lower())


@cache
def _types() -> Mapping[str, str]:
    known = ruled_types() | packed_types()
    return {type_.partition("::")[2].lower(): type_ for type_ in known}


RULE = Rule(
    id="MlLens-ACC13",
    practice="MLSEC03-BP02",
    message="a machine must leave nothing behind that was not judged",
    fix="define resources and rights in the template; let a function read the secret that it needs",
    check=per_resource((MACHINE, SCHEDULE, PIPELINE), check),
    types=(MACHINE, SCHEDULE, PIPELINE),
    compliant=one(
        MACHINE, DefinitionString=machine("arn:x:states:::sqs:sendMessage", QueueUrl="q")
    ),
    violating=one(
        MACHINE, DefinitionString=machine("arn:x:states:::aws-sdk:s3:createBucket", Bucket="b")
    ),
)
