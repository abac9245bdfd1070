"""Register every rule pack on an app, so that a violation stops it however it is run."""

import atexit
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from aws_cdk import App, Validations
from constructs import IConstruct

from guardrails.assembly import make_undeployable
from guardrails.ml_lens import ml_lens_plugin
from guardrails.native_validation import native_validation_plugin
from guardrails.packs import ALWAYS_ON, DEFAULT_PACKS, with_defaults
from guardrails.template_plugin import TemplatePlugin, Templates
from guardrails.typed_templates import pack_plugins

# Passed as App(post_cli_context=...), which is the only context that the CDK CLI cannot override.
# The CLI re-reads the report by its own rules, and by those a Stage, a crashed plug-in and
# --ignore-errors all pass; with these the library itself throws, and the CLI only sees the exit.
FAIL_CLOSED = {
    "@aws-cdk/core:failSynthOnValidationErrors": True,
    "@aws-cdk/core:appMode": "inmemory",
    "@aws-cdk/core:strictCfnValidateErrors": True,
}


@dataclass(frozen=True)
class Guards:
    """What watches one app: the packs by name, and our plug-ins, which remember what they read."""

    packs: tuple[str, ...]
    plugins: tuple[TemplatePlugin, ...]


# Until the gate has passed them. An assembly whose program forgot the gate, or ended on the way to
# it, is closed when the program ends.
_not_passed: set[Path] = set()
_guards: WeakKeyDictionary[IConstruct, Guards] = WeakKeyDictionary()


def guard(app: App, *, packs: Sequence[str] = DEFAULT_PACKS) -> None:
    """Check all stacks of this app, in Stages and nested ones too, when it is synthesized.

        app = App(post_cli_context=FAIL_CLOSED, builtin_cloud_formation_validation=False)
        guard(app, packs=DEFAULT_PACKS)
        waive(role, "object_wildcard", because="…", findings=[below(frames, "/shop/*")])
        gate(app)

    ``packs`` adds cdk-nag packs to the default ones, which are always on, as ``MlLens`` and the
    native CloudFormation validation are. The app must be made with
    ``App(post_cli_context=FAIL_CLOSED)``. Give it ``builtin_cloud_formation_validation=False`` as
    well: that engine is the same Rust program compiled to WASM, costs a second at each start and
    skips nested templates, while ours is native, takes a quarter of that and reads them.
    CI runs one synth with it on as double check.
    """
    if app in _guards:
        raise ValueError("guard() was called twice on one app: call it once, with all packs")
    for key, value in FAIL_CLOSED.items():
        if app.node.try_get_context(key) != value:
            raise ValueError(
                f"the app's context {key!r} is {app.node.try_get_context(key)!r}, not {value!r}:"
                " make it with App(post_cli_context=FAIL_CLOSED)"
            )
    if isinstance(packs, str) or len(set(packs)) != len(packs):
        raise ValueError(f"packs is {packs!r}: pass each pack's name once, in a list")
    on, templates = with_defaults(packs), Templates(Path(app.outdir))
    plugins = (
        *pack_plugins(on, templates),
        ml_lens_plugin(templates),
        native_validation_plugin(templates),
    )
    Validations.of(app).add_plugins(*plugins)
    _guards[app] = Guards((*ALWAYS_ON, *on), plugins)
    _not_passed.add(Path(app.outdir))


def passed(app: App) -> None:
    """Note that the gate has passed this app."""
    _not_passed.discard(Path(app.outdir))


@atexit.register
def _close() -> None:
    for outdir in _not_passed:
        make_undeployable(outdir)


def guards_of(app: IConstruct) -> Guards:
    """Return what guards the app, or say that nothing does."""
    if app not in _guards:
        raise LookupError("guard(app) was never called: nothing checks this app")
    return _guards[app]
