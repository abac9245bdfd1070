"""Which mutants nothing finds: judged by our rules, then AWS's validator, then the packs."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.guardrails.mutants import Mutant, neighbourhood
from guardrails.intrinsics import UnresolvableError
from guardrails.ml_lens import judge
from guardrails.ml_lens.template import Template
from guardrails.native_validation import inspect
from guardrails.packs import DEFAULT_PACKS
from guardrails.template_plugin import Templates, Violation
from guardrails.typed_templates import TypedTemplates

Found = Counter[tuple[str, ...]]
Documents = Sequence[Mapping[str, Any]]


class Judges:
    """What judges the mutants of one template, the cheapest first.

    Only what is near a changed resource is judged, with it and without the change. The validator
    comes before the packs, since a template that cannot be read back typed costs these a search.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._near = cache(lambda name: neighbourhood(document, name))
        self._whole = cache(lambda name: Template(self._near(name)))
        self._ours = cache(lambda name: _found_by_ours(self._whole(name)))
        self._known: dict[tuple[Any, str], Found] = {}

    def survivors(self, mutants: Sequence[Mutant]) -> list[Mutant]:
        """Return the mutants in which nobody finds more than in the template as it is."""
        alive = [mutant for mutant in mutants if not self._by_ours(mutant)]
        for find in (found_by_validator, found_by_packs):
            alive = list(self._past(find, alive))
        return alive

    def _by_ours(self, mutant: Mutant) -> bool:
        name = mutant.logical_id
        try:
            changed = self._whole(name).changed_to(mutant.applied_to(self._near(name)), name)
        except UnresolvableError:
            return True
        return bool(_found_by_ours(changed) - self._ours(name))

    def _past(
        self, find: Callable[[Documents], list[Found]], mutants: Sequence[Mutant]
    ) -> Iterator[Mutant]:
        new = sorted({m.logical_id for m in mutants if (find, m.logical_id) not in self._known})
        changed = [mutant.applied_to(self._near(mutant.logical_id)) for mutant in mutants]
        found = find([*map(self._near, new), *changed])
        self._known |= {(find, name): one for name, one in zip(new, found, strict=False)}
        for mutant, more in zip(mutants, found[len(new) :], strict=True):
            if not more - self._known[find, mutant.logical_id]:
                yield mutant


def _found_by_ours(template: Template) -> Found:
    try:
        found = list(judge(template))
    except Exception as crash:  # the gate makes a finding of it
        return Counter([("CRASH", type(crash).__name__)])
    return Counter((rule.id, str(one.logical_id), one.location) for rule, one in found)


def found_by_validator(documents: Documents) -> list[Found]:
    """Return what AWS's validator finds in each template."""
    return _found(documents, Templates(), inspect)


def found_by_packs(documents: Documents) -> list[Found]:
    """Return what the packs that are always on find in each template."""
    templates = Templates()
    typed = TypedTemplates(DEFAULT_PACKS, templates)
    return _found(documents, templates, *map(typed.inspect, DEFAULT_PACKS))


def found_by_others(documents: Documents) -> list[Found]:
    """Return what both find in each template."""
    both = zip(found_by_validator(documents), found_by_packs(documents), strict=True)
    return [one + other for one, other in both]


def _found(
    documents: Documents, templates: Templates, *judges: Callable[[Any], Iterator[Violation]]
) -> list[Found]:
    if not documents:
        return []
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, document in enumerate(documents):
            path = Path(folder, f"{number}.template.json")
            path.write_text(json.dumps(document), "utf-8")
            files.append(templates.below(path)[0])
        return [
            Counter((v.rule, str(v.logical_id)) for judge_ in judges for v in judge_(file))
            for file in files
        ]
