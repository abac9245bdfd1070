"""Templates read back as typed constructs, the only thing that cdk-nag's packs can judge."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from aws_cdk import App, BootstraplessSynthesizer, Stack, Validations
from aws_cdk.cloudformation_include import CfnInclude

from guardrails.assembly import TemplateFile
from guardrails.packs import make_pack
from guardrails.report import read_report
from guardrails.template_plugin import TemplatePlugin, Templates, Violation

# cdk-nag looks at constructs: of a generic resource it knows no property, and of an override
# nothing at all. The text that CloudFormation gets has both.
INCLUDED = "Included"
# CDK then says how to acknowledge it, which the gate refuses.
MEND = "change the resource as it says, or waive the concern with guardrails.waive and a reason"
# The second app only lends its constructs: it is never deployed, and its report is read here.
CONTEXT = {"aws:cdk:disable-stack-trace": True, "@aws-cdk/core:failSynthOnValidationErrors": False}


class TypedTemplates:
    """Every template once as a stack of one app in memory, under all packs at once."""

    def __init__(self, packs: Sequence[str], templates: Templates) -> None:
        self._packs, self._templates = tuple(packs), templates
        self._judged: list[TemplateFile] = []
        self._found: dict[tuple[str, Path], list[Violation]] = {}

    def inspect(self, pack: str) -> Callable[[TemplateFile], Iterator[Violation]]:
        """Make the inspection by one pack; a template that cannot be read back is a finding."""

        def inspect(file: TemplateFile) -> Iterator[Violation]:
            if not any(file is judged for judged in self._judged):
                self._judged, self._found = list(self._templates.files()), {}
                self._judge(self._judged)
            yield from self._found.get((pack, file.path), ())

        return inspect

    def _judge(self, files: Sequence[TemplateFile]) -> None:
        try:
            found = list(_read_back(self._packs, files))
        except RuntimeError as error:
            if len(files) > 1:  # one of them cannot be read back: which?
                self._judge(files[: len(files) // 2])
                self._judge(files[len(files) // 2 :])
                return
            found = [(pack, files[0], _refused(error)) for pack in self._packs]
        for pack, file, violation in found:
            self._found.setdefault((pack, file.path), []).append(violation)


def _read_back(
    packs: Sequence[str], files: Sequence[TemplateFile]
) -> Iterator[tuple[str, TemplateFile, Violation]]:
    with tempfile.TemporaryDirectory(prefix="guardrails-") as outdir:
        app = App(
            outdir=outdir,
            auto_synth=False,
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
            post_cli_context=CONTEXT,
        )
        stacks = {f"T{index}": file for index, file in enumerate(files)}
        for name, file in stacks.items():
            stack = Stack(app, name, synthesizer=BootstraplessSynthesizer())
            path = str(file.path)
            CfnInclude(stack, INCLUDED, template_file=path, allow_cyclical_references=True)
        Validations.of(app).add_plugins(*(make_pack(name) for name in packs))
        app.synth()
        for plugin in read_report(Path(outdir)).plugins:
            for found in plugin["violations"]:
                for place in found["violatingConstructs"]:
                    name, _, logical_id = place["constructPath"].partition(f"/{INCLUDED}/")
                    rule, why = found["ruleName"], found["description"]
                    violation = Violation(rule, why, logical_id, "Properties", MEND)
                    yield plugin["pluginName"], stacks[name], violation


def _refused(error: RuntimeError) -> Violation:
    return Violation(
        "UNREADABLE",
        "the template cannot be read back as typed resources, so no rule of this pack judged it:"
        f" {' '.join(str(error).split())[:300]}",
        None,
        "Resources",
        "write the functions, properties and references that CloudFormation documents",
    )


def pack_plugins(names: Sequence[str], templates: Templates) -> list[TemplatePlugin]:
    """Make a plug-in for each pack, under the pack's own name."""
    typed = TypedTemplates(names, templates)
    return [
        TemplatePlugin(name, version("cdk-nag"), [], typed.inspect(name), templates)
        for name in names
    ]
