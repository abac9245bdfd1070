"""Which mutants the guardrails find: our rules first, then the packs and AWS's validator."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.guardrails.mutants import Mutant, mutants_of, neighbourhood
from guardrails import native_validation
from guardrails.ahead import Ahead
from guardrails.intrinsics import UnresolvableError
from guardrails.ml_lens import judge
from guardrails.ml_lens.template import Template
from guardrails.packs import CLOUDFORMATION, DEFAULT_PACKS
from guardrails.template_plugin import Templates
from guardrails.typed_templates import TypedTemplates

# Stacks in one app of the packs: enough to share its start, few enough to keep it small.
BATCH = 100
Found = Counter[tuple[str, ...]]


class Judged:
    """One template with all of its mutants: how many there are, and which of them survive."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._near = cache(lambda name: neighbourhood(document, name))
        self._whole = cache(lambda name: Template(self._near(name)))
        self._found = cache(lambda name: _ours(self._whole(name)))
        mutants = list(mutants_of(document))
        self.total = len(mutants)
        alive = [mutant for mutant in mutants if not self._by_ours(mutant)]
        batches = [alive[at : at + BATCH] for at in range(0, len(alive), BATCH)]
        self.survivors = [m for batch in batches for m in self._past_others(batch)]

    def _by_ours(self, mutant: Mutant) -> bool:
        name = mutant.logical_id
        changed = mutant.applied_to(self._near(name))
        try:
            found = _ours(self._whole(name).changed_to(changed, name))
        except UnresolvableError:
            return True
        return bool(found - self._found(name))

    def _past_others(self, mutants: Sequence[Mutant]) -> Iterator[Mutant]:
        names = sorted({mutant.logical_id for mutant in mutants})
        changed = [mutant.applied_to(self._near(mutant.logical_id)) for mutant in mutants]
        found = found_by_others([*map(self._near, names), *changed])
        whole = dict(zip(names, found, strict=False))
        for mutant, more in zip(mutants, found[len(names) :], strict=True):
            if not more - whole[mutant.logical_id]:
                yield mutant


def _ours(template: Template) -> Found:
    try:
        found = list(judge(template))
    except Exception as crash:
        return Counter([("CRASH", type(crash).__name__)])
    return Counter((rule.id, str(one.logical_id), one.location) for rule, one in found)


def found_by_others(documents: Sequence[Mapping[str, Any]]) -> list[Found]:
    """Return what the packs that are always on and AWS's validator find in each template."""
    with tempfile.TemporaryDirectory() as folder:
        templates = Templates()
        native = Ahead(CLOUDFORMATION, native_validation.inspect, templates)
        typed = TypedTemplates(DEFAULT_PACKS, templates)
        files = []
        for number, document in enumerate(documents):
            path = Path(folder, f"{number}.template.json")
            path.write_text(json.dumps(document), "utf-8")
            files.append(templates.below(path)[0])
        judges = (*map(typed.inspect, DEFAULT_PACKS), native)
        return [
            Counter((v.rule, str(v.logical_id)) for inspect in judges for v in inspect(file))
            for file in files
        ]
