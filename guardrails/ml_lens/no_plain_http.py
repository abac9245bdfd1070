"""TLS2: nothing of ours is sent in the clear."""

import re
from collections.abc import Iterator

from guardrails.intrinsics import text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template

SUBSCRIPTION = "AWS::SNS::Subscription"
TARGETS = re.compile(r"(Endpoint|EndpointUrl|InvocationEndpoint|Url|Uri|IntegrationUri|Origin)$")
LOCAL = re.compile(r"http://(localhost|127\.0\.0\.1|169\.254\.\d+\.\d+)\b")


def check(template: Template) -> Iterator[Finding]:
    """Yield subscriptions and targets that are told over plain HTTP."""
    for resource in template.resources.values():
        if resource.type == SUBSCRIPTION and text(resource.at("Protocol") or "") == "http":
            yield Finding(resource.logical_id, "Properties.Protocol", "is http")
        for path, leaf in resource.leaves:
            names = [s for s in path.split(".") if not s.isdigit() and not s.startswith("Fn::")]
            is_target = bool(names) and TARGETS.search(names[-1])
            if is_target and leaf.lower().startswith("http://") and not LOCAL.match(leaf):
                yield Finding(resource.logical_id, f"Properties.{path}", f"is {leaf}")


RULE = Rule(
    id="MlLens-TLS2",
    practice="MLSEC02-BP01",
    message="nothing may be sent in the clear",
    fix="use https",
    check=check,
    types=(SUBSCRIPTION, "AWS::Events::ApiDestination"),
    compliant=one(SUBSCRIPTION, Protocol="https", Endpoint="https://alarms.example"),
    violating=one(SUBSCRIPTION, Protocol="http", Endpoint="http://alarms.example"),
)
