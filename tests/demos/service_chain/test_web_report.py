"""The page of a run of the chain."""

from dataclasses import replace

import pytest

from demos.report.web import page as written
from demos.service_chain.report import report


def values(reader, element, name):
    return [v for t, n, v in reader.attributes if (t, n) == (element, name)]


@pytest.fixture(scope="module")
def page(chain):
    return written(report(chain))


@pytest.fixture(scope="module")
def reader(page, read):
    return read(page)


def test_hostile_keys_and_texts_are_text_and_nothing_else(page, reader):
    assert reader.tags.count("script") == 1
    assert "img" not in reader.tags
    assert not [a for a in reader.attributes if a[1].startswith("on")]
    assert "<script>alert('text')</script> The " in "".join(reader.text)
    assert "\u202e" not in page
    assert "\x07" not in page
    assert "\\u{202e}gnp.exe" in "".join(reader.text)


def test_the_policy_allows_sound_from_the_page_itself(reader):
    assert "media-src data:" in values(reader, "meta", "content")[0]


def test_every_drawing_has_a_name(reader):
    names = values(reader, "svg", "aria-label")
    assert len(names) > 8
    assert any("visited" in name for name in names)


def test_a_recording_stands_over_words_with_their_times(reader, chain):
    assert len(values(reader, "audio", "src")) == 1
    assert values(reader, "span", "data-s")[:3] == ["0.00", "0.50", "1.00"]
    assert len(values(reader, "span", "data-e")) == len(chain.documents[0].recording.words)


def test_words_without_times_of_their_own_are_not_lost(chain, read):
    first = chain.documents[0]
    few = replace(first.recording, words=first.recording.words[3:5])
    shown = written(report(replace(chain, documents=(replace(first, recording=few),))))
    start = shown.index('class="recording"')
    heard = "".join(read(shown[start : shown.index("</figure>", start)]).text)
    assert first.source.text in heard


def test_each_language_is_marked_as_what_it_is(reader):
    assert {"en", "es", "fr"} <= set(values(reader, "div", "lang"))
    assert set(values(reader, "div", "dir")) == {"auto"}
    assert "pseudo-translation" in reader.text
    assert "translated by apertium" in reader.text


def test_without_pseudo_translations_nothing_is_said_of_them(chain, read):
    documents = tuple(
        replace(d, versions=tuple(replace(v, engine="") for v in d.versions))
        for d in chain.documents
    )
    assert "pseudo-translation" not in "".join(
        read(written(report(replace(chain, documents=documents)))).text
    ).replace("a pseudo-translation that is marked", "")


def test_a_redacted_copy_holds_types_instead_of_what_was_personal(reader):
    words = "".join(reader.text)
    assert "My name is [NAME]" in words
    assert "Comprehend detects personal data in English and Spanish only" in words


def test_a_bad_run_says_so_first(chain, chain_account, read):
    wrong = replace(chain, account=replace(chain_account, lost=("calls/happy.wav",)))
    words = " ".join(read(written(report(wrong))).text)
    assert "Nothing lost, nothing twice" not in words.partition("How it flows")[0]
    assert "1 file lost" in words


def test_a_run_without_recordings_translations_or_failures_is_a_page_too(chain, read):
    bare = tuple(replace(d, versions=(), recording=None, run=None) for d in chain.documents)
    assert (
        read(written(report(replace(chain, documents=bare, failures=(), insights=())))).open == []
    )
