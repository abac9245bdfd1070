"""Faults of one resource each, by kind: every one is refused, what is right beside it is not."""

# Each entry of faults/ is a resource as it should be, and what is done to it: a merge patch of its
# properties, or another value at a place. What is judged is the text that CloudFormation gets; that
# typed and generic resources give the same text, test_cases shows.

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.guardrails.verdicts import found_by_others
from guardrails.ml_lens import judge
from guardrails.ml_lens.template import Template, template_of
from guardrails.template_plugin import Templates
from testing.short_templates import read_short
from testing.spellings import KINDS, respelled

HERE = Path(__file__).parent
COMMON = json.loads((HERE / "cases.json").read_text("utf-8"))["common"]
ENTRIES = {
    f"{file.stem}-{number}-{entry['type']}": entry
    for file in sorted((HERE / "faults").glob("*.yaml"))
    for number, entry in enumerate(read_short(file))
}
# Whose policy is another resource, which these templates of one have not.
BESIDE = {"MlLens-TLS1"}


def merged(value, patch):
    """Apply a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict) or not isinstance(value, dict):
        return patch
    kept = {name: inner for name, inner in value.items() if name not in patch}
    changed = {n: merged(value.get(n), inner) for n, inner in patch.items() if inner is not None}
    return kept | changed


def put(value, path, inner):
    """Return the same with another value at a dotted path."""
    if not path:
        return inner
    name, _, rest = path.partition(".")
    return {**value, name: put(value.get(name, {}), rest, inner)}


def documents(entry):
    """Yield the template with nothing wrong under None, and those with one fault by its name."""
    sections = {n.title(): entry[n] for n in ("parameters", "conditions", "mappings") if n in entry}
    good = merged({}, entry["good"])
    cases = {None: good} | {
        name: put(good, entry["at"], change) if "at" in entry else merged(good, change)
        for name, change in entry["faults"].items()
    }
    for name, properties in cases.items():
        case = {"Type": f"AWS::{entry['type']}", "Properties": properties}
        resources = {**COMMON, **entry.get("beside", {}), "Case": case}
        yield name, {**sections, "Resources": resources}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Return by (entry, fault) what our rules find; the packs judge only what these let pass."""
    directory, templates = tmp_path_factory.mktemp("faults"), Templates()
    found: dict[tuple[str, Any], set[Any]] = {}
    texts: dict[tuple[str, Any], Any] = {}
    for entry, case in ENTRIES.items():
        for name, text in documents(case):
            path = directory / f"{len(texts)}.template.json"
            path.write_text(json.dumps(text))
            pairs = [pair for file in templates.below(path) for pair in judge(template_of(file))]
            found[entry, name] = {(rule.id, one.logical_id, one.location) for rule, one in pairs}
            texts[entry, name] = text
    left = [key for key in found if key[1] and not found[key] - found[key[0], None]]
    wanted = [*left, *sorted({(entry, None) for entry, _ in left})]
    for key, more in zip(wanted, found_by_others([texts[key] for key in wanted]), strict=True):
        found[key] |= set(more)
    return found


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_fault_is_refused(judged, entry):
    whole = judged[entry, None]
    assert [name for name in ENTRIES[entry]["faults"] if not judged[entry, name] - whole] == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_right_passes_our_rules(judged, entry):
    of_ours = {f for f in judged[entry, None] if f[0].startswith("MlLens") and f[1] == "Case"}
    assert {rule for rule, *_ in of_ours} <= BESIDE


@pytest.mark.parametrize("entry", ENTRIES)
def test_our_rules_refuse_it_however_its_texts_are_spelled(judged, entry):
    texts = dict(documents(ENTRIES[entry]))
    whole = judged[entry, None]
    passed = []
    for number, name in enumerate(ENTRIES[entry]["faults"]):
        if not {rule for rule, *_ in judged[entry, name] - whole if rule.startswith("MlLens")}:
            continue  # a pack's to find
        kind = KINDS[(number + len(entry)) % len(KINDS)]
        text = respelled(texts[name], texts[None], "Case", kind)
        found = {(r.id, one.logical_id, one.location) for r, one in judge(Template(text))}
        passed += [] if found - whole else [(name, kind)]
    assert passed == []


def test_there_are_many_of_each_kind():
    assert sum(len(entry["faults"]) for entry in ENTRIES.values()) > 700
