"""Many replies about batches, one account of the whole text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.batches import batches_of
from service_chain.failures import Incomplete
from service_chain.insights import Insights, operations

NAME = re.compile(r"\b[A-Z][a-z\u00fc]+|\b[A-Z\u00dc]{3,}")
NUMBER = re.compile(r"\d{3,}")
SCORE = {"Positive": 0.7, "Negative": 0.1, "Neutral": 0.1, "Mixed": 0.1}


def replies_to(batch):
    """Reply as Comprehend does, had it only rules of ours."""

    def each(member, found):
        results = []
        for index, text in enumerate(batch.texts):
            hits = [
                {"BeginOffset": m.start(), "EndOffset": m.end(), "Text": m[0], "Score": 0.9} | found
                for m in NAME.finditer(text)
            ]
            results.append({"Index": index, member: hits})
        return {"ResultList": results, "ErrorList": []}

    sentiments = [{"Index": n, "SentimentScore": SCORE} for n in range(len(batch.texts))]
    pii = [
        {"Type": "PIN", "Score": 0.8, "BeginOffset": m.start(), "EndOffset": m.end()}
        for m in NUMBER.finditer(batch.text)
    ]
    return {
        "sentiment": {"ResultList": sentiments, "ErrorList": []},
        "entities": each("Entities", {"Type": "PERSON"}),
        "key_phrases": each("KeyPhrases", {}),
        "pii": {"Entities": pii},
    }


def account_of(text, change=lambda batch, replies: replies, *, with_pii=True):
    insights = Insights(with_pii=with_pii, confidence=0.5)
    for batch in batches_of(text, 32, 80):
        insights.add(batch, change(batch, replies_to(batch)))
    return insights.record("d", "en", len(text))


TEXTS = st.lists(
    st.sampled_from(
        ["Anna met", "ANNA", "Lee", "J\u00dcRGEN", "J\u00fcrgen", "0123", "\U0001f600", ". ", "\n"]
    )
).map(" ".join)


@given(TEXTS)
def test_offsets_into_the_whole_text_point_at_what_was_found(text):
    account = account_of(text)
    for member in ("entities", "key_phrases"):
        found = [(span, entry["text"]) for entry in account[member] for span in entry["offsets"]]
        for (begin, end), name in found:
            assert text[begin:end].casefold() == name.casefold()
        assert sorted(span for span, _ in found) == [m.span() for m in NAME.finditer(text)]
    assert [text[e["begin"] : e["end"]] for e in account["pii"]] == NUMBER.findall(text)
    segments = account["segments"]
    assert all(before["end"] <= after["begin"] for before, after in pairwise(segments))
    covered = {at for part in segments for at in range(part["begin"], part["end"])}
    assert {at for at, c in enumerate(text) if not c.isspace()} <= covered


@given(TEXTS, st.randoms())
def test_the_order_of_results_and_results_that_come_twice_change_nothing(text, random):
    def shuffled(batch, replies):
        for operation in ("sentiment", "entities", "key_phrases"):
            results = replies[operation]["ResultList"] * 2
            random.shuffle(results)
            replies[operation]["ResultList"] = results
        replies["pii"]["Entities"] *= 2
        random.shuffle(replies["pii"]["Entities"])
        return replies

    assert account_of(text, shuffled) == account_of(text)


def test_the_account_says_whose_it_is_and_what_it_cost():
    text = "Anna met Lee. " * 12
    account = account_of(text)
    batches = list(batches_of(text, 32, 80))
    texts = sum(len(batch.texts) for batch in batches)
    assert len(batches) > 1
    assert account["units"] == {
        "sentiment": 3 * texts,
        "entities": 3 * texts,
        "key_phrases": 3 * texts,
        "pii": 3 * len(batches),
    }
    assert (account["document_id"], account["language"]) == ("d", "en")
    assert (account["schema_version"], account["characters"]) == (1, len(text))
    assert account["sentiment"]["label"] == "POSITIVE"
    assert [(e["text"], e["type"], e["count"]) for e in account["entities"]] == [
        ("Anna", "PERSON", 12),
        ("Lee", "PERSON", 12),
    ]


def test_a_language_without_pii_detection_has_none_and_pays_none():
    account = account_of("Anna 0123", with_pii=False)
    assert account["pii"] is None
    assert "pii" not in account["units"]
    assert operations(with_pii=False) == ("sentiment", "entities", "key_phrases")


def test_a_name_that_is_personal_says_so():
    def flagged(batch, replies):
        at = batch.text.find("Lee")
        flag = {"Type": "NAME", "Score": 0.9, "BeginOffset": at, "EndOffset": at + 3}
        replies["pii"]["Entities"] = [flag] if at >= 0 else []
        return replies

    entries = account_of("Anna met Lee.", flagged)["entities"]
    assert [(e["text"], e.get("pii"), e.get("masked")) for e in entries] == [
        ("Anna", None, None),
        ("Lee", True, "[NAME]"),
    ]


def test_spans_of_one_type_that_overlap_are_one_and_of_two_types_two():
    spans = [
        ("NAME", 0, 4, 0.6),
        ("NAME", 2, 8, 0.9),
        ("NAME", 3, 4, 0.1),
        ("PIN", 3, 5, 0.7),
        ("NAME", 8, 9, 0.5),
    ]

    def overlapping(batch, replies):
        replies["pii"]["Entities"] = [
            {"Type": kind, "BeginOffset": begin, "EndOffset": end, "Score": score}
            for kind, begin, end, score in reversed(spans)
        ]
        return replies

    assert account_of("0x1x2x3x4x", overlapping)["pii"] == [
        {"type": "NAME", "begin": 0, "end": 8, "score": 0.9},
        {"type": "PIN", "begin": 3, "end": 5, "score": 0.7},
        {"type": "NAME", "begin": 8, "end": 9, "score": 0.5},
    ]


@pytest.mark.parametrize("operation", ["sentiment", "entities", "key_phrases", "pii"])
def test_a_reply_that_is_missing_makes_the_account_incomplete(operation):
    with pytest.raises(Incomplete, match=f"batch 0 has no reply to {operation}"):
        account_of("Anna", lambda batch, replies: replies | {operation: None})


@pytest.mark.parametrize("operation", ["sentiment", "entities", "key_phrases"])
def test_a_text_without_a_result_makes_the_account_incomplete(operation):
    def cut(batch, replies):
        del replies[operation]["ResultList"][0]
        return replies

    with pytest.raises(Incomplete, match=rf"batch 0 has no {operation} of texts \[0\]"):
        account_of("Anna", cut)


def test_an_error_beside_all_results_makes_the_account_incomplete():
    def err(batch, replies):
        error = {"Index": 0, "ErrorCode": "INTERNAL_SERVER_ERROR", "ErrorMessage": "Anna"}
        replies["entities"]["ErrorList"] = [error]
        return replies

    with pytest.raises(Incomplete, match="INTERNAL_SERVER_ERROR") as problem:
        account_of("Anna", err)
    assert "Anna" not in str(problem.value)


def test_offsets_outside_the_text_make_the_account_incomplete():
    def wild(batch, replies):
        replies["pii"]["Entities"] = [
            {"Type": "NAME", "Score": 1.0, "BeginOffset": 2, "EndOffset": 99}
        ]
        return replies

    with pytest.raises(Incomplete, match="batch 0 has a reply with offsets 2 to 99"):
        account_of("Anna", wild)


def test_an_account_of_nothing_is_neutral():
    account = account_of(" ")
    assert account["sentiment"]["label"] == "NEUTRAL"
    assert (account["entities"], account["pii"], account["segments"]) == ([], [], [])
    assert set(account["units"].values()) == {0}


def test_what_is_found_never_cuts_a_character_in_two():
    text = "x\u0301 Pen\u0303a\u0301 \u0938\u0940\u0924\u093e, 7\ufe0f\u20e3"
    begin = text.index("P")

    def cut(batch, replies):
        found = {"BeginOffset": begin + 1, "EndOffset": begin + 3, "Score": 0.9, "Type": "PERSON"}
        replies["entities"]["ResultList"][0]["Entities"] = [found]
        replies["key_phrases"]["ResultList"][0]["KeyPhrases"] = [found]
        spans = [
            (1, 2),
            (begin + 3, begin + 5),
            (text.index("\u0938") + 1, text.index(",")),
            (text.index("7"), text.index("7") + 1),
        ]
        replies["pii"]["Entities"] = [
            {"Type": "NAME", "Score": 0.9, "BeginOffset": b, "EndOffset": e} for b, e in spans
        ]
        return replies

    account = account_of(text, cut)
    assert [entry["text"] for entry in account["entities"]] == ["en\u0303"]
    assert [entry["text"] for entry in account["key_phrases"]] == ["en\u0303"]
    hidden = [text[entry["begin"] : entry["end"]] for entry in account["pii"]]
    assert hidden == ["x\u0301", "n\u0303a\u0301", "\u0938\u0940\u0924\u093e", "7\ufe0f\u20e3"]
