"""Reading: the text that the chain works on is the text that was written or spoken."""

import json
import unicodedata

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from service_chain import read_document
from service_chain.failures import Incomplete, Refused

ID = "0123456789abcdef0123456789abcdef"
JSON = "application/json"
EVENT = {
    "document_id": ID,
    "attempt": 2,
    "bucket": "inbox",
    "key": "a b.txt",
    "version_id": "v1",
    "kind": "text",
    "encoding": "utf-8",
    "markup": "plain",
}
ASKED = {"Bucket": "inbox", "Key": "a b.txt", "VersionId": "v1"}
ITEM = {
    "type": "pronunciation",
    "start_time": "0.5",
    "end_time": "0.9",
    "alternatives": [{"confidence": "0.9", "content": "Hello"}],
}


def transcribed(text, items=(), **results):
    results = {"transcripts": [{"transcript": text}], "items": list(items), **results}
    return json.dumps({"results": results, "status": "COMPLETED"}).encode()


@pytest.fixture
def read(aws, context):
    """Read a text from the inbox; give back the reply and what was written."""

    def run(data, **changes):
        aws.gets(data, ASKED)
        text = aws.puts(f"texts/{ID}.txt")
        whole = aws.puts(f"work/{ID}/text.json", JSON)
        reply = read_document.handler(EVENT | changes, context)
        return reply, text.value.decode(), whole.json()

    return run


def test_a_text_is_read_and_measured(read):
    reply, text, whole = read("\ufeffGrüße, 東京!\n".encode())
    assert reply == {
        "characters": 11,
        "bytes": 17,
        "empty": False,
        "language": None,
        "language_code": None,
        "language_score": None,
        "encoding": "utf-8",
        "audio_seconds": None,
        "words": 0,
        "sample": "Grüße, 東京!\n",
    }
    assert text == "Grüße, 東京!\n"
    assert whole == {
        "text": text,
        "language": None,
        "language_code": None,
        "audio_seconds": None,
        "words": [],
    }


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "windows-1252"])
def test_a_text_is_read_in_its_encoding_and_written_in_utf_8(read, encoding):
    assert read("Grüße\r\n".encode(encoding), encoding=encoding)[1] == "Grüße\r\n"


def test_a_text_that_began_in_ascii_says_what_it_is_after_all(read):
    reply, text, _ = read("Grüße".encode("windows-1252"), encoding="ascii")
    assert (reply["encoding"], text) == ("windows-1252", "Grüße")
    assert read("Grüße".encode(), encoding="ascii")[0]["encoding"] == "utf-8"


def test_nothing_of_a_text_is_made_prettier(read):
    odd = "x\u0301 \ufeff\u200b\u2028\x0b\r\r\n\t \U0010ffff 👩‍👩‍👧 \ufa19 \u212b "
    assert read(odd.encode())[2]["text"] == odd


@pytest.mark.parametrize("markup", ["plain", "markdown", "html"])
def test_letters_and_accents_that_are_apart_are_read_as_those_that_are_not(read, markup):
    apart, together = (
        unicodedata.normalize(form, "Mañana, José Núñez 강") for form in ("NFD", "NFC")
    )
    reply, text, whole = read(apart.encode(), markup=markup)
    assert (text, whole["text"], reply["sample"]) == (together, together, together)
    assert reply["characters"] == len(together)


def test_markup_is_taken_away(read):
    assert read(b"<p>a &amp; b</p>", markup="html")[1] == "a & b"
    assert read(b"# A *b*", markup="markdown")[1] == "A b"
    assert read(b"# A *b* &amp;")[1] == "# A *b* &amp;"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n\t",
        "\ufeff".encode(),
        b" \n\t\r\n ",
        "\u200b\xa0\u2028\u3000".encode(),
        b"<p> </p>",
    ],
)
def test_a_text_of_nothing_is_set_aside_as_empty(aws, context, data):
    markup = "html" if data.startswith(b"<") else "plain"
    aws.gets(data)
    with pytest.raises(Refused, match=r"^empty: there is nothing to read"):
        read_document.handler(EVENT | {"markup": markup}, context)


def test_a_transcript_of_nothing_is_empty_and_no_failure(aws, context):
    silent = transcribed("", language_code="en-US")
    aws.gets(silent)
    aws.puts(f"transcripts/{ID}.json", JSON)
    aws.puts(f"texts/{ID}.txt")
    aws.puts(f"work/{ID}/text.json", JSON)
    reply = read_document.handler(EVENT | {"kind": "transcript"}, context)
    assert (reply["empty"], reply["language"]) == (True, "en")


@pytest.mark.parametrize("data", [b"gr\xfc\xdfe " * 9, b"caf\xc3", b"a\0b"])
def test_what_is_not_what_it_began_as_is_refused_and_nothing_is_written(aws, context, data):
    aws.gets(data)
    with pytest.raises(Refused, match=r"^not_text: "):
        read_document.handler(EVENT, context)


def test_what_transcribe_heard_is_read(aws, context):
    heard = transcribed("Hello.", [ITEM], language_code="en-US")
    aws.gets(heard, {"Bucket": "results", "Key": f"work/{ID}/transcription-2.json"})
    transcript = aws.puts(f"transcripts/{ID}.json", JSON)
    text = aws.puts(f"texts/{ID}.txt")
    whole = aws.puts(f"work/{ID}/text.json", JSON)
    nothing = {"kind": "audio", "encoding": None, "markup": None}
    reply = read_document.handler(EVENT | nothing, context)
    assert (reply["language"], reply["language_code"]) == ("en", "en-US")
    assert (reply["audio_seconds"], reply["words"], reply["empty"]) == (0.9, 1, False)
    assert (transcript.value, text.value) == (heard, b"Hello.")
    (word,) = whole.json()["words"]
    assert (word["text"], word["begin"], word["end_offset"]) == ("Hello", 0, 5)
    assert (whole.json()["language"], whole.json()["audio_seconds"]) == ("en", 0.9)


def test_silence_is_read_as_nothing(aws, context):
    aws.gets(transcribed(""))
    aws.puts(f"transcripts/{ID}.json", JSON)
    aws.puts(f"texts/{ID}.txt")
    aws.puts(f"work/{ID}/text.json", JSON)
    reply = read_document.handler(EVENT | {"kind": "audio"}, context)
    assert (reply["empty"], reply["characters"], reply["audio_seconds"]) == (True, 0, 0.0)


def test_a_transcription_that_is_not_there_is_incomplete(aws, context):
    aws.fails("get_object", "NoSuchKey", status=404)
    with pytest.raises(Incomplete, match=f"work/{ID}/transcription-2"):
        read_document.handler(EVENT | {"kind": "audio"}, context)


def test_a_transcript_from_the_inbox_is_kept_in_utf_8(aws, context):
    heard = transcribed("Grüße.", [ITEM])
    aws.gets(b"\xff\xfe" + heard.decode().encode("utf-16-le"), ASKED)
    kept = aws.puts(f"transcripts/{ID}.json", JSON)
    aws.puts(f"texts/{ID}.txt")
    aws.puts(f"work/{ID}/text.json", JSON)
    changes = {"kind": "transcript", "encoding": "utf-16-le", "markup": None}
    reply = read_document.handler(EVENT | changes, context)
    assert kept.value == heard
    assert (reply["characters"], reply["encoding"]) == (6, "utf-16-le")


def test_a_transcript_that_was_cut_is_damaged(aws, context):
    aws.gets(transcribed("Hello.")[:-9])
    with pytest.raises(Refused, match=r"^damaged: "):
        read_document.handler(EVENT | {"kind": "transcript"}, context)


def test_an_object_that_was_deleted_meanwhile_is_gone(aws, context):
    aws.fails("get_object", "NoSuchVersion", status=404)
    with pytest.raises(Refused, match=r"^gone: "):
        read_document.handler(EVENT, context)


def test_what_cannot_be_written_now_is_raised_as_it_is(aws, context):
    aws.gets(b"words")
    aws.fails("put_object", "SlowDown", status=503)
    with pytest.raises(ClientError, match="SlowDown"):
        read_document.handler(EVENT, context)


def test_a_sample_of_a_text_that_begins_with_much_space_has_words():
    assert read_document.sample_of(" \n" * 9000 + "words") == "words"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.integers(1, 500))
def test_a_sample_is_a_beginning_that_fits(text, times):
    sample = read_document.sample_of(text * times)
    assert len(sample.encode()) <= read_document.SAMPLE_BYTES
    assert (text * times).lstrip().startswith(sample) or (text * times).startswith(sample)
    assert bool(sample.strip()) == bool((text * times).strip())


def test_the_log_holds_no_content(read, log):
    read(b"my secret words")
    assert '"characters":15' in log().replace(" ", "")
    assert "secret" not in log()
