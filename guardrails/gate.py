"""The last word after synth: proof that every check ran, found nothing and needed every waiver."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from aws_cdk import App, Stack
from constructs import Node

from guardrails.assembly import (
    all_templates,
    is_assembly,
    make_undeployable,
    metadata,
    release,
)
from guardrails.guard import Guards, guards_of, passed
from guardrails.report import Report, read_report
from guardrails.waivers import Waiver, waivers_of

ACKNOWLEDGED = "aws:cdk:acknowledged-rules"


class GateClosed(SystemExit):
    """The app may not be deployed; the message has a line for each reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(f"guardrails: {reason}" for reason in reasons))


def gate(app: App) -> None:
    """Raise ``GateClosed`` unless all stacks of the app were checked and are clean.

    It catches what CDK lets through: a plug-in that reports failure without a violation or
    success with one, a template that no plug-in read, a waiver that nothing needed, and an
    acknowledgement made past ``waive``. It synthesizes the app if that was not done yet;
    violations raise there already. Whatever it raises, the assembly is undeployable afterwards.
    """
    try:
        _judge(app)
    except BaseException:
        make_undeployable(Path(app.outdir))
        raise
    release(Path(app.outdir))
    passed(app)


def _judge(app: App) -> None:
    outdir = Path(app.outdir)
    try:
        guards = guards_of(app)
        app.synth()
        report = read_report(outdir)
    except LookupError as error:
        raise GateClosed([str(error)]) from None
    if not is_assembly(outdir):
        raise GateClosed([f"{outdir} holds nothing to judge: the gate refused it before"])
    reasons = [
        *_unread(guards, outdir),
        *report.failures(),
        *_unused(guards, report, waivers_of(app)),
        *_unsigned(app, outdir),
    ]
    if reasons:
        raise GateClosed(reasons)


def _unread(guards: Guards, outdir: Path) -> Iterator[str]:
    for template in all_templates(outdir):
        for plugin in guards.plugins:
            if template.path.resolve() not in plugin.read:
                name = template.path.relative_to(outdir)
                yield (
                    f"{name} was never read by {plugin.name}: validation did not run;"
                    " synthesize the whole app with its plug-ins on"
                )


def _unused(guards: Guards, report: Report, waivers: Sequence[Waiver]) -> Iterator[str]:
    used = {(at, name) for at, name in report.acknowledged()}
    for waiver in waivers:
        mine = [name for name in waiver.ids if name.partition("::")[0] in guards.packs]
        if not mine:
            continue
        wanted = [[n for n in mine if n.endswith(f"[{f}]")] for f in waiver.findings] or [mine]
        for names in wanted:
            if not any((waiver.path, name) in used for name in names):
                yield (
                    f"{waiver.path}: the waiver of {waiver.concern!r} is stale: none of"
                    f" {', '.join(names)} was found there; remove it"
                )


def _unsigned(app: App, outdir: Path) -> Iterator[str]:
    """Yield the acknowledgements that somebody wrote without ``waive``, wherever they stand.

    Those of stacks are in the assembly. Above them only the constructs themselves tell.
    """
    signed = {(waiver.path, name) for waiver in waivers_of(app) for name in waiver.ids}
    above = (
        (node.path, {"type": e.type, "data": e.data})
        for node in _above_stacks(app.node)
        for e in node.metadata
    )
    for path, note in (*metadata(outdir), *above):
        if note["type"] == ACKNOWLEDGED:
            for name in note["data"]:
                if (path, name) not in signed:
                    yield (
                        f"{path or 'the app'}: {name!r} is acknowledged without a concern: use"
                        " guardrails.waive"
                    )


def _above_stacks(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        if not isinstance(child, Stack):
            yield from _above_stacks(child.node)
