"""What a model takes, in which order, and what it was made with: ``signature.json``. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FILE = "signature.json"
NUMBER, COUNT, FLAG, CATEGORY = KINDS = ("number", "count", "flag", "category")
REFUSE, MISSING = RULES = ("refuse", "missing")
# A name may be told in an answer, stand in a CSV's header, and be one of xgboost's.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
_TRAINING_SET = ("content_hash", "snapshot_id", "manifest")


class SignatureError(ValueError):
    """A signature, or the known rows beside it, that cannot be relied on; says why."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A column: its name and kind, and whether it may be missing, which the model sees as NaN.

    A number is any finite number, a count a whole one from 0 on, a flag true or false (the model
    sees 1 and 0), a category one of ``categories`` (the model sees its place there, from 0 on).
    ``unknown`` says what becomes of another category: it is refused, or missing.
    """

    name: str
    kind: str
    nullable: bool = False
    categories: tuple[str, ...] = ()
    unknown: str = REFUSE

    def __post_init__(self) -> None:
        """Raise SignatureError for a column that contradicts itself."""
        if not _NAME.fullmatch(self.name):
            raise SignatureError(f"a column's name has to match {_NAME.pattern}, not {self.name!r}")
        if self.kind not in KINDS:
            raise SignatureError(f"{self.name}: kind {self.kind!r} is none of {', '.join(KINDS)}")
        if self.unknown not in RULES:
            raise SignatureError(
                f"{self.name}: unknown {self.unknown!r} is none of {', '.join(RULES)}"
            )
        if self.unknown == MISSING and not self.nullable:
            raise SignatureError(
                f"{self.name}: what is unknown cannot be missing where nullable is false"
            )
        if (self.kind == CATEGORY) != bool(self.categories):
            raise SignatureError(f"{self.name}: categories are told of a category, and of no other")
        if "" in self.categories or len(set(self.categories)) < len(self.categories):
            raise SignatureError(f"{self.name}: categories are texts, none empty, none twice")


@dataclass(frozen=True, slots=True)
class Signature:
    """The columns in the model's order; ``label`` is what it tells, ``positive`` of which value.

    ``library`` has the releases of packages that trained it, ``training_set`` what of: its
    ``content_hash``, ``snapshot_id`` and the key of its ``manifest``.
    """

    features: tuple[Feature, ...]
    label: str
    positive: str | int
    library: Mapping[str, str]
    training_set: Mapping[str, str]

    def __post_init__(self) -> None:
        """Raise SignatureError for columns that are none, or have one name."""
        names = self.names
        if not names:
            raise SignatureError("features has no column; a model takes at least one")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise SignatureError(f"features has {', '.join(twice)} more than once")
        if self.label in names:
            raise SignatureError(f"the label {self.label} is among the features, too")

    @property
    def names(self) -> list[str]:
        """Name the columns, in the model's order."""
        return [feature.name for feature in self.features]

    def document(self) -> bytes:
        """Write it: the same signature gives the same bytes."""
        features = [
            {
                "name": feature.name,
                "kind": feature.kind,
                "nullable": feature.nullable,
                **(
                    {"categories": list(feature.categories), "unknown": feature.unknown}
                    if feature.kind == CATEGORY
                    else {}
                ),
            }
            for feature in self.features
        ]
        content = {
            "features": features,
            "label": self.label,
            "positive": self.positive,
            "library": dict(self.library),
            "training_set": dict(self.training_set),
        }
        return json.dumps(content, indent=1, ensure_ascii=True).encode()


def read_signature(document: bytes) -> Signature:
    """Read it; raises SignatureError for anything that is not exactly one."""
    content = read_object(document, FILE)
    of_signature = ("features", "label", "positive", "library", "training_set")
    found = members(content, FILE, of_signature)
    features = typed(found["features"], list, "features")
    if isinstance(positive := found["positive"], bool) or not isinstance(positive, str | int):
        raise SignatureError(f"positive has to be a text or a whole number, not {positive!r}")
    return Signature(
        tuple(_feature(each, place) for place, each in enumerate(features)),
        typed(found["label"], str, "label"),
        positive,
        _texts(found["library"], "library"),
        _texts(found["training_set"], "training_set", _TRAINING_SET),
    )


def _feature(content: Any, place: int) -> Feature:
    told = f"features[{place}]"
    found = members(content, told, ("name", "kind", "nullable"), ("categories", "unknown"))
    categories = typed(found.get("categories", []), list, f"{told}.categories")
    return Feature(
        typed(found["name"], str, f"{told}.name"),
        typed(found["kind"], str, f"{told}.kind"),
        typed(found["nullable"], bool, f"{told}.nullable"),
        tuple(typed(each, str, f"{told}.categories") for each in categories),
        typed(found.get("unknown", REFUSE), str, f"{told}.unknown"),
    )


def _texts(content: Any, told: str, names: Sequence[str] | None = None) -> dict[str, str]:
    found = members(content, told, names or tuple(typed(content, dict, told)))
    return {name: typed(value, str, f"{told}.{name}") for name, value in found.items()}


def read_object(document: bytes, told: str) -> dict[str, Any]:
    """Read an object of JSON in UTF-8, in which nothing has a name twice and no number is NaN."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise SignatureError(f"{told} has a member twice in one object")
        return found

    def refuse(constant: str) -> Any:
        raise SignatureError(f"{told} has {constant}, which is no number of JSON")

    try:
        text = document.decode("utf-8")
        content = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except SignatureError:
        raise
    except (ValueError, RecursionError) as error:
        raise SignatureError(f"{told} is no JSON in UTF-8: {error}") from None
    found: dict[str, Any] = typed(content, dict, told)
    return found


def members(
    content: Any, told: str, needed: Sequence[str], allowed: Sequence[str] = ()
) -> dict[str, Any]:
    """Return an object that has all that is needed, and nothing but what is allowed beside."""
    found: dict[str, Any] = typed(content, dict, told)
    if absent := [name for name in needed if name not in found]:
        raise SignatureError(f"{told} has no {', '.join(absent)}")
    if others := [name for name in found if name not in {*needed, *allowed}]:
        raise SignatureError(
            f"{told} has {', '.join(others)}; allowed are {', '.join([*needed, *allowed])}"
        )
    return found


def typed(value: Any, kind: type, told: str) -> Any:
    """Return a value that is of a type, which a flag is not of a number's."""
    if type(value) is not kind:
        names = {dict: "an object", list: "an array", str: "a text", bool: "true or false"}
        raise SignatureError(f"{told} has to be {names[kind]}, not {value!r:.60}")
    return value
