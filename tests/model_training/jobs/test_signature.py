"""A signature is read as it was written, or refused with what is wrong with it."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_training.signature import (
    CATEGORY,
    COUNT,
    FLAG,
    MISSING,
    NUMBER,
    Feature,
    Signature,
    SignatureError,
    read_signature,
)

NAMES = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_.-]{0,20}\Z")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
CATEGORIES = st.lists(TEXTS.filter(bool), min_size=1, max_size=4, unique=True).map(tuple)
PLAIN = st.builds(Feature, NAMES, st.sampled_from([NUMBER, COUNT, FLAG]), st.booleans())
CATEGORICAL = st.one_of(
    st.builds(Feature, NAMES, st.just(CATEGORY), st.booleans(), CATEGORIES),
    st.builds(Feature, NAMES, st.just(CATEGORY), st.just(True), CATEGORIES, st.just(MISSING)),
)
FEATURES = st.lists(
    PLAIN | CATEGORICAL, min_size=1, max_size=5, unique_by=lambda feature: feature.name
)
SIGNATURES = st.builds(
    Signature,
    FEATURES.map(tuple),
    st.just("the label"),
    TEXTS | st.integers(-9, 9),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
    st.fixed_dictionaries(dict.fromkeys(("content_hash", "snapshot_id", "manifest"), TEXTS)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
RIGHT = {
    "features": [
        {"name": "hour", "kind": "count", "nullable": False},
        {"name": "store", "kind": "category", "nullable": True, "categories": ["zh", "be"],
         "unknown": "missing"},
    ],
    "label": "label",
    "positive": 1,
    "library": {"xgboost": "3.0.5"},
    "training_set": {"content_hash": "ab", "snapshot_id": "7", "manifest": "manifests/ab.json"},
}  # fmt: skip


def places(content, path=()):
    """Name every member and element of a document, those inside others included."""
    inner = enumerate(content) if isinstance(content, list) else ()
    for name, value in content.items() if isinstance(content, dict) else inner:
        yield (*path, name)
        yield from places(value, (*path, name))


def changed(content, path, value=None, *, away=False):
    """Copy a document, with one thing of it changed or taken away."""
    copied = inner = copy.deepcopy(content)
    *outer, last = path
    for name in outer:
        inner = inner[name]
    if away:
        del inner[last]
    else:
        inner[last] = value
    return copied


def outcome(document):
    """Give what was read, or what was said of it."""
    try:
        return read_signature(document), ""
    except SignatureError as error:
        return None, str(error)


def written(content):
    return json.dumps(content).encode()


@given(signature=SIGNATURES)
def test_what_is_written_is_read(signature):
    document = signature.document()
    assert read_signature(document) == signature
    assert read_signature(document).document() == document
    assert signature.names == [each.name for each in signature.features]


@given(data=st.data(), value=JSON)
def test_whatever_else_stands_there_is_read_or_refused_in_one_line(data, value):
    path = data.draw(st.sampled_from(list(places(RIGHT))))
    read, refused = outcome(written(changed(RIGHT, path, value)))
    assert read is None or read_signature(read.document()) == read
    assert "\n" not in refused


@pytest.mark.parametrize(
    "path",
    [path for path in places(RIGHT) if isinstance(path[-1], str) and path[-1] != "unknown"],
    ids=lambda path: ".".join(map(str, path)),
)
def test_nothing_of_it_may_lack(path):
    if path == ("library", "xgboost"):
        assert not read_signature(written(changed(RIGHT, path, away=True))).library
        return
    with pytest.raises(SignatureError):
        read_signature(written(changed(RIGHT, path, away=True)))


@pytest.mark.parametrize("path", [(), ("features", 0), ("training_set",)], ids=str)
def test_nothing_else_may_be_there(path):
    with pytest.raises(SignatureError, match="has other; allowed are"):
        read_signature(written(changed(RIGHT, (*path, "other"), "x")))


WRONG = {
    "a name that a header could not have": (("features", 0, "name"), "a,b", "has to match"),
    "a kind that is none": (("features", 0, "kind"), "text", "'text' is none of number, count"),
    "a rule that is none": (("features", 1, "unknown"), "ignore", "none of refuse, missing"),
    "missing where nothing may be": (("features", 1, "nullable"), False, "cannot be missing"),
    "no categories": (("features", 1, "categories"), [], "categories are told of a category"),
    "an empty category": (("features", 1, "categories"), [""], "none empty"),
    "a category twice": (("features", 1, "categories"), ["a", "a"], "none twice"),
    "a category that is a number": (("features", 1, "categories"), [1], "has to be a text, not 1"),
    "categories of a count": (("features", 0, "categories"), ["a"], "of no other"),
    "a name twice": (("features", 1, "name"), "hour", "has hour more than once"),
    "the label as a feature": (("label",), "hour", "the label hour is among the features"),
    "no feature": (("features",), [], "no column"),
    "features by name": (("features",), {}, "features has to be an array"),
    "a flag that is a number": (("features", 0, "nullable"), 0, "true or false, not 0"),
    "a class that is a flag": (("positive",), True, "not True"),
    "a snapshot that is a number": (("training_set", "snapshot_id"), 7, "a text, not 7"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_named(kind):
    path, value, told = WRONG[kind]
    with pytest.raises(SignatureError, match=told):
        read_signature(written(changed(RIGHT, path, value)))


DOCUMENTS = {
    "nothing": (b"", "no JSON in UTF-8"),
    "no object": (b"[]", "has to be an object"),
    "a torn one": (written(RIGHT)[:-1], "no JSON in UTF-8"),
    "broken UTF-8": (written(RIGHT).replace(b"hour", b"h\xffur"), "no JSON in UTF-8"),
    "a member twice": (written(RIGHT).replace(b'"label":', b'"label": 1, "label":'), "twice"),
    "NaN": (written(RIGHT).replace(b"1,", b"NaN,"), "has NaN, which is no number"),
    "a deep one": (b'{"a":' * 100_000, "no JSON in UTF-8"),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_that_is_none_is_refused(kind):
    document, told = DOCUMENTS[kind]
    with pytest.raises(SignatureError, match=told):
        read_signature(document)
