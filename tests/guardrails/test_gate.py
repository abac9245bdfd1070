"""The gate after synth: what CDK itself would let through does not pass."""

import json
from pathlib import Path

import jsii
import pytest
from aws_cdk import (
    Acknowledgment,
    App,
    Aspects,
    CfnResource,
    IAspect,
    IPolicyValidationPlugin,
    NestedStack,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Stack,
    Stage,
    Validations,
)
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from guardrails import FAIL_CLOSED, GateClosed, gate, guard, waive
from guardrails.assembly import UNJUDGED
from guardrails.report import read_report

BECAUSE = "It is where failures end, and there a person reads them."


def says(name, report):
    """Make a plug-in that always reports the same."""

    @jsii.implements(IPolicyValidationPlugin)
    class Says:
        @property
        def name(self):
            return name

        @property
        def version(self):
            return "1"

        @property
        def rule_ids(self):
            return ["X"]

        def validate(self, context):
            if isinstance(report, Exception):
                raise report
            return report

    return Says()


def violation(severity="error", path="Shop"):
    places = [PolicyViolatingResource(construct_path=path, locations=[])] if path else []
    return PolicyViolation(
        rule_name="X", description="broken", severity=severity, violating_resources=places
    )


@pytest.fixture
def clean(new_app):
    """Make a guarded app whose one stack breaks no rule."""
    app = new_app()
    CfnResource(Stack(app, "Shop"), "Handle", type="AWS::CloudFormation::WaitConditionHandle")
    guard(app)
    return app


def reasons(app):
    with pytest.raises(GateClosed) as closed:
        gate(app)
    return str(closed.value)


def test_a_clean_app_passes(clean):
    gate(clean)


def test_success_false_without_a_violation_closes_it(clean):
    report = PolicyValidationPluginReport(success=False, violations=[])
    Validations.of(clean).add_plugins(says("Odd", report))
    try:
        clean.synth()
    except RuntimeError:
        pytest.fail("CDK has learnt to fail here: this hole is closed upstream")
    assert "Odd did not pass: no violation was named" in reasons(clean)


def test_a_violation_of_no_resource_closes_it(clean):
    report = PolicyValidationPluginReport(success=False, violations=[violation(path=None)])
    Validations.of(clean).add_plugins(says("Odd", report))
    assert "Odd did not pass: X" in reasons(clean)


def test_success_true_with_a_violation_closes_it(clean):
    report = PolicyValidationPluginReport(success=True, violations=[violation()])
    Validations.of(clean).add_plugins(says("Odd", report))
    assert "Odd did not pass: X" in reasons(clean)


def test_a_plugin_that_says_success_with_warnings_closes_it(clean):
    report = PolicyValidationPluginReport(success=True, violations=[violation("warning")])
    Validations.of(clean).add_plugins(says("Odd", report))
    with pytest.raises(RuntimeError, match="broken"):
        gate(clean)


def test_somebody_elses_plugin_that_crashes_fails(clean):
    Validations.of(clean).add_plugins(says("Odd", KeyError("bug")))
    with pytest.raises(RuntimeError, match="Validation plugin 'Odd' failed"):
        gate(clean)


def test_an_app_that_nobody_guards_is_closed(new_app):
    assert "nothing checks this app" in reasons(new_app())


def test_a_missing_report_closes_it(clean):
    clean.synth()
    Path(clean.outdir, "validation-report.json").unlink()
    assert "validation did not run" in reasons(clean)


def test_a_template_that_no_plugin_read_closes_it(clean):
    clean.synth()
    outdir = Path(clean.outdir)
    manifest = json.loads((outdir / UNJUDGED).read_text())
    stray = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Stray.json"}}
    manifest["artifacts"]["Stray"] = stray
    (outdir / UNJUDGED).write_text(json.dumps(manifest))
    (outdir / "Stray.json").write_text('{"Resources": {}}')
    told = reasons(clean)
    assert "Stray.json was never read by MlLens" in told
    assert "Stray.json was never read by CloudFormation" in told


def test_a_refused_assembly_cannot_be_deployed_and_stays_refused(new_app):
    app = new_app()
    inner = NestedStack(Stack(Stage(app, "Prod"), "Shop"), "Inner")
    sqs.Queue(inner, "Queue")
    guard(app)
    with pytest.raises(RuntimeError, match="MlLens-ENC1"):
        gate(app)
    outdir = Path(app.outdir)
    assert not [p for p in outdir.rglob("*") if p.name.endswith(("manifest.json", "template.json"))]
    assert (outdir / "validation-report.json").exists()
    with pytest.raises(RuntimeError):
        gate(app)


@pytest.mark.parametrize("place", ["construct", "stage"])
@pytest.mark.parametrize("by_hand", [True, False])
def test_an_acknowledgement_above_a_stack_closes_it(new_app, place, by_hand):
    app = new_app()
    above = Construct(app, "Above") if place == "construct" else Stage(app, "Above")
    CfnResource(Stack(above, "Shop"), "H", type="AWS::CloudFormation::WaitConditionHandle")
    if by_hand:
        above.node.add_metadata("aws:cdk:acknowledged-rules", {"MlLens::MlLens-ENC1": "x"})
    else:
        Validations.of(above).acknowledge(Acknowledgment(id="MlLens::MlLens-ENC1", reason="x"))
    guard(app)
    assert "Above: 'MlLens::MlLens-ENC1' is acknowledged without a concern" in reasons(app)


def test_an_acknowledgement_by_an_aspect_after_the_guard_closes_it(new_app):
    @jsii.implements(IAspect)
    class Acknowledges:
        def visit(self, node):
            if node.node.path == "Shop/H":
                Validations.of(node).acknowledge(Acknowledgment(id="MlLens::X", reason="x"))

    app = new_app()
    CfnResource(Stack(app, "Shop"), "H", type="AWS::CloudFormation::WaitConditionHandle")
    guard(app)
    Aspects.of(app).add(Acknowledges())
    assert "Shop/H: 'MlLens::X' is acknowledged without a concern" in reasons(app)


def test_a_waiver_that_nothing_needs_closes_it(new_app):
    app = new_app()
    handle = CfnResource(Stack(app, "Shop"), "Rule", type="AWS::Events::Rule")
    handle.add_property_override("ScheduleExpression", "rate(1 day)")
    queue = {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q"}
    target = {"Id": "a", "Arn": queue, "DeadLetterConfig": {"Arn": queue}}
    handle.add_property_override("Targets", [target])
    waive(handle, "no_rule_dead_letters", because=BECAUSE)
    guard(app)
    assert "Shop/Rule: the waiver of 'no_rule_dead_letters' is stale" in reasons(app)


def test_a_waiver_for_a_pack_that_is_off_is_not_stale(new_app):
    app = new_app()
    function = CfnResource(Stack(app, "Shop"), "F", type="AWS::Lambda::EventInvokeConfig")
    function.add_property_override("FunctionName", "f")
    function.add_property_override("Qualifier", "$LATEST")
    waive(function, "no_async_destination", because=BECAUSE)
    guard(app, packs=["AwsSolutions"])
    gate(app)


@pytest.mark.parametrize("name", ["AwsSolutions-SQS3", "AwsSolutions::AwsSolutions-SQS3"])
@pytest.mark.parametrize("place", ["queue", "stack", "stage", "app"])
def test_an_acknowledgement_past_waive_closes_it(new_app, name, place):
    app = new_app()
    stage = Stage(app, "Prod")
    stack = Stack(stage, "Shop")
    queue = CfnResource(stack, "Handle", type="AWS::CloudFormation::WaitConditionHandle")
    where = {"queue": queue, "stack": stack, "stage": stage, "app": app}[place]
    Validations.of(where).acknowledge(Acknowledgment(id=name, reason="x"))
    guard(app)
    assert "is acknowledged without a concern: use guardrails.waive" in reasons(app)


def test_all_reasons_are_told_at_once(clean):
    report = PolicyValidationPluginReport(success=False, violations=[])
    Validations.of(clean).add_plugins(says("Odd", report), says("Even", report))
    assert len(reasons(clean).splitlines()) == 2


def test_an_app_that_does_not_fail_closed_cannot_be_guarded(new_app):
    for key in FAIL_CLOSED:
        app = new_app(post_cli_context={k: v for k, v in FAIL_CLOSED.items() if k != key})
        with pytest.raises(ValueError, match=rf"{key}.*post_cli_context=FAIL_CLOSED"):
            guard(app)


def test_an_unknown_pack_is_answered_with_those_there_are(new_app):
    with pytest.raises(ValueError, match="unknown rule pack 'NIST': use any of AwsSolutions"):
        guard(new_app(), packs=["NIST"])


def test_an_app_is_guarded_once(clean):
    with pytest.raises(ValueError, match="called twice"):
        guard(clean)


def test_the_gate_tells_python_to_exit_with_an_error():
    app = App(post_cli_context=FAIL_CLOSED)
    sqs.Queue(Stack(app, "Shop"), "Queue")
    with pytest.raises(SystemExit) as exit_:
        gate(app)
    assert exit_.value.code not in (None, 0)


def test_a_waiver_counts_inside_a_stage_and_a_nested_stack_too(new_app):
    app = new_app()
    for scope in (app, Stage(app, "Prod")):
        inner = NestedStack(Stack(scope, "Shop"), "Inner")
        rule = events.CfnRule(
            inner,
            "Rule",
            event_pattern={"source": ["shop"]},
            targets=[
                events.CfnRule.TargetProperty(
                    id="a", arn=inner.format_arn(service="sqs", resource="q")
                )
            ],
        )
        waive(rule, "no_rule_dead_letters", because=BECAUSE)
    guard(app)
    gate(app)
    used = [path for path, _ in read_report(Path(app.outdir)).acknowledged()]
    assert sorted(set(used)) == ["Prod/Shop/Inner/Rule", "Shop/Inner/Rule"]
