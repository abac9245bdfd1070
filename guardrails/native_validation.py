"""AWS's own CloudFormation validator, native, on every template; its warnings fail as well."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version

from cloudformation_validate import CompositeEngine, Severity

from guardrails.ahead import Ahead, worker
from guardrails.assembly import TemplateFile
from guardrails.packs import CLOUDFORMATION
from guardrails.template_plugin import TemplatePlugin, Templates, Violation

# The rules that aws-cdk-lib 2.275.0 leaves out too when it runs this engine.
IGNORED: Mapping[str, str] = {
    "W3005": "CDK writes DependsOn also where a reference already orders the two resources",
    "W1020": "CDK writes Fn::Sub also where the text has no variable to replace",
    "E1018": "CDK splits values that come out of other intrinsics, which the rule cannot follow",
    "W1103": "CDK may write an intrinsic that is younger than the engine",
    "W9002": "hard-coded ARNs are MlLens-PORT1's to find, which knows the exceptions",
    "W9013": "hard-coded accounts are MlLens-PORT1's to find, which knows the exceptions",
}
MEND = "write what the CloudFormation reference says of this type"
FAILING = (Severity.FATAL, Severity.ERROR, Severity.WARN)


@cache
def _engine() -> CompositeEngine:
    return CompositeEngine()


def inspect(file: TemplateFile) -> Iterator[Violation]:
    """Yield what the validator finds, other than the noise that CDK itself leaves out."""
    for found in _engine().validate_template(file.path).diagnostics:
        if found.severity in FAILING and found.rule_id not in IGNORED:
            yield Violation(
                rule=found.rule_id,
                message=f"{found.severity.name.lower()}: {found.message}",
                logical_id=found.entity.logical_id if found.entity else None,
                location=found.property_path or "",
                fix=found.suggested_fix or MEND,
            )


def native_rules() -> list[str]:
    """Return the rules that the engine knows."""
    return [rule.id for rule in _engine().list_rules()]


def native_validation_plugin(templates: Templates) -> TemplatePlugin:
    """Make the plug-in; the engine behind it starts once for each process."""
    worker(CLOUDFORMATION).submit(_engine)
    ahead = Ahead(CLOUDFORMATION, inspect, templates)
    return TemplatePlugin(CLOUDFORMATION, version("cloudformation-validate"), [], ahead, templates)
