"""Waive one concern on one resource, with a reason, in every rule pack at once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Acknowledgment, CfnResource, Stack, Stage, Validations
from constructs import IConstruct, Node

from guardrails.concerns import CONCERNS, Concern

MINIMUM_WORDS, MINIMUM_CHARACTERS = 6, 30


@dataclass(frozen=True)
class Waiver:
    """One concern waived on one place: the path it stands at, and the ids acknowledged there."""

    path: str
    concern: str
    because: str
    ids: tuple[str, ...]
    findings: tuple[str, ...] = ()


class _Place:
    """Where a construct stands in its app, which never changes: each look asks Node."""

    def __init__(self, construct: IConstruct) -> None:
        self.node = construct.node

    @cached_property
    def path(self) -> str:
        return self.node.path

    @cached_property
    def root(self) -> IConstruct:
        return self.node.root


_waivers: WeakKeyDictionary[IConstruct, list[Waiver]] = WeakKeyDictionary()
_places: WeakKeyDictionary[IConstruct, _Place] = WeakKeyDictionary()


def waivers_of(root: IConstruct) -> Sequence[Waiver]:
    """Return what was waived anywhere below this root, in the order of the calls."""
    return tuple(_waivers.get(root, ()))


def waive(
    construct: IConstruct, concern: str, *, because: str, findings: Sequence[str] = ()
) -> None:
    """Accept one concern on one construct, in all packs that have a rule for it, and say why.

    The waiver lands on the smallest resource that the concern can be about: a bucket's, never its
    policy's. Only ids qualified with the pack's name are written: a bare id makes the finding
    vanish from the report, and with it from the page of waivers. ``findings`` names the exact
    wildcards of an IAM concern (see ``guardrails.findings``); one that does not occur fails the
    gate, as does a waiver that nothing needed.

    Raises ``ValueError`` for an unknown concern, a Stack, Stage or App, a reason without
    substance, or a construct that holds several resources which the concern could mean.
    """
    place = _place(construct)
    node, where = place.node, place.path or "the app"
    if concern not in CONCERNS:
        raise ValueError(
            f"{where}: unknown concern {concern!r}: use any of {', '.join(sorted(CONCERNS))}"
        )
    if isinstance(construct, Stack | Stage):
        raise ValueError(
            f"{where}: {concern!r} is waived on a {type(construct).__name__}: a waiver belongs on"
            " one resource; name the construct that needs it"
        )
    meaning = CONCERNS[concern]
    _check_reason(f"{where}: {concern!r}", because)
    details = _checked_findings(f"{where}: {concern!r}", meaning, findings)
    ids = tuple(meaning.ids(details))
    target = _target(construct, node, concern, meaning)
    registered = _waivers.setdefault(place.root, [])
    path = where if target is construct else _place(target).path
    waiver = Waiver(path, concern, because, ids, details)
    if waiver in registered:
        return
    if any((w.path, w.concern, w.ids) == (waiver.path, concern, ids) for w in registered):
        raise ValueError(
            f"{waiver.path}: {concern!r} is waived a second time, because {because!r}: keep one"
            " reason"
        )
    copied = next(
        (w.concern for w in registered if w.because == because and w.concern != concern), concern
    )
    if copied != concern:
        raise ValueError(
            f"{path}: the reason {because!r} for {concern!r} is that of {copied!r}, word for word:"
            " say why this concern does not matter here"
        )
    reason = f"{concern}: {because}"
    Validations.of(target).acknowledge(*(Acknowledgment(id=name, reason=reason) for name in ids))
    registered.append(waiver)


def _place(construct: IConstruct) -> _Place:
    if construct not in _places:
        _places[construct] = _Place(construct)
    return _places[construct]


def _check_reason(where: str, because: str) -> None:
    words = re.findall(r"\w+", because.lower())
    if (
        len(set(words)) < MINIMUM_WORDS
        or len(because) < MINIMUM_CHARACTERS
        or not because.endswith(".")
        or because != " ".join(because.split())
    ):
        raise ValueError(
            f"{where}: the reason {because!r} has no substance: write one line, a sentence of at"
            f" least {MINIMUM_WORDS} different words and {MINIMUM_CHARACTERS} characters that ends"
            " with a full stop"
        )


def _checked_findings(where: str, meaning: Concern, findings: Iterable[str]) -> tuple[str, ...]:
    if isinstance(findings, str):
        raise TypeError(f"{where}: findings is the text {findings!r}: pass a tuple of findings")
    details = tuple(findings) or meaning.default_findings
    if meaning.finding_pattern is None:
        if details:
            raise ValueError(f"{where}: has no findings to choose from: leave out {details!r}")
        return ()
    if not details:
        raise ValueError(f"{where}: name the exact findings, like {meaning.finding_pattern!r}")
    for detail in details:
        if not re.fullmatch(meaning.finding_pattern, detail):
            raise ValueError(
                f"{where}: the finding {detail!r} is not about this concern: it must match"
                f" {meaning.finding_pattern!r}; choose the concern that fits it"
            )
    return details


def _target(construct: IConstruct, node: Node, concern: str, meaning: Concern) -> IConstruct:
    """Find the one place meant: the smallest that holds what the concern is about."""
    if meaning.cdk_makes is not None:
        if re.fullmatch(meaning.cdk_makes, node.id):
            return construct
        raise ValueError(
            f"{node.path}: {concern!r} is for a provider that CDK made, whose id matches"
            f" {meaning.cdk_makes!r}: name that construct"
        )
    default = node.default_child
    kind = _type_of(default)
    if meaning.exact_findings and kind in meaning.resource_types:
        # A role's policy is made on its first grant; the exact finding is the limit here.
        return construct
    if default is not None and kind in meaning.resource_types:
        return default
    resources = [child for child in node.find_all() if _type_of(child) in meaning.resource_types]
    if len(resources) == 1:
        return construct if meaning.exact_findings else resources[0]
    found = ", ".join(resource.node.path for resource in resources) or "none"
    raise ValueError(
        f"{node.path}: {concern!r} is about one {' or '.join(meaning.resource_types)},"
        f" and here is {found}: name the one construct that needs the waiver"
    )


def _type_of(construct: IConstruct | None) -> str | None:
    """Return a resource's CloudFormation type; of a typed one without asking for it again."""
    if type(construct) is CfnResource:
        return construct.cfn_resource_type
    return _class_type(type(construct)) if isinstance(construct, CfnResource) else None


@cache
def _class_type(resource: type[Any]) -> str:
    return str(resource.CFN_RESOURCE_TYPE_NAME)
