"""What an object is, by its bytes: other libraries' images and texts, however they are cut."""

import hashlib

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data_lake.content_types import HEAD_BYTES, UNKNOWN, Content, Described, type_of
from data_lake.image_sizes import TornError, size_of

LOSSLESS = [cv2.IMWRITE_WEBP_QUALITY, 101]
FORMS = {
    "image/jpeg": (".jpg", []),
    "image/png": (".png", []),
    "image/gif": (".gif", []),
    "image/webp": (".webp", []),
    "image/webp; lossless": (".webp", LOSSLESS),
    "image/webp; alpha": (".webp", []),
}
LETTERS = st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t")


def image(form, width, height):
    ending, options = FORMS[form]
    pixels = np.full((height, width, 4 if "alpha" in form else 3), 120, np.uint8)
    done, content = cv2.imencode(ending, pixels, options)
    assert done
    return content.tobytes()


def described(content, cuts=(), size=None):
    found, at = Content(), 0
    for end in (*sorted(cut for cut in cuts if cut < len(content)), len(content)):
        if end > at:
            found.take(content[at:end])
            at = end
    return found.described(len(content) if size is None else size)


@settings(max_examples=25, deadline=None)
@given(
    form=st.sampled_from(sorted(FORMS)),
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    cuts=st.lists(st.integers(0, 60)),
)
def test_an_image_has_the_type_and_the_size_that_it_was_made_with(form, width, height, cuts):
    content = image(form, width, height)
    digest = hashlib.sha256(content).hexdigest()
    kind = form.partition(";")[0]
    assert described(content, cuts) == Described(kind, digest, width, height)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_an_image_that_ends_before_its_size_is_torn(form):
    content = image(form, 40, 30)
    kind = form.partition(";")[0]
    told = 6 if kind == "image/gif" else 12  # bytes that tell the type, and no size
    sized = next(n for n in range(told, len(content)) if _size(kind, content[:n]))
    for end in range(told, sized):
        with pytest.raises(TornError, match=kind):
            described(content[:end])
    assert described(content[:sized]).width == 40
    # Of an object that goes on behind what is looked at, it is not known, and no fault.
    assert described(content[:told], size=10**10) == Described(kind)


def _size(kind, head):
    try:
        return size_of(kind, head)
    except TornError:
        return None


@pytest.mark.parametrize("segment", [b"\xff\xd9", b"\xff\xda\x00\x02", b"\x00\x00"])
def test_a_jpeg_without_a_frame_is_torn(segment):
    with pytest.raises(TornError):
        described(b"\xff\xd8\xff\xe0\x00\x02" + segment + bytes(20))


@settings(max_examples=60)
@given(
    text=st.text(LETTERS, min_size=1),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    cuts=st.lists(st.integers(0, 30)),
)
def test_a_text_is_one_in_unicode_of_so_many_characters(text, encoding, cuts):
    content = text.encode(encoding)
    assume(type_of(content) == UNKNOWN)
    found = described(content, cuts)
    mark = text.startswith("\ufeff")  # is a mark, in a text that has none
    assert (found.content_type, found.encoding) == ("text/plain", encoding.removesuffix("-sig"))
    assert found.characters == len(text) - (mark and encoding == "utf-8")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"caf\xe9 au lait", "application/octet-stream"),  # no Unicode, and nothing tells what
        (b"a\x00b", "application/octet-stream"),
        ("a\U0001f600".encode()[:-1], "application/octet-stream"),  # cut within a character
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04" + bytes(9), "application/zip"),
        (b"II*\x00" + bytes(9), "image/tiff"),
        (bytes(4) + b"ftypisom" + bytes(9), "video/mp4"),
        (b"RIFF" + bytes(4) + b"WAVEfmt ", "audio/wav"),
    ],
)
def test_other_bytes_are_what_they_begin_with_or_unknown(content, kind):
    assert described(content) == Described(kind, hashlib.sha256(content).hexdigest())


def test_of_what_is_more_than_is_read_neither_hash_nor_length_is_told():
    begun = b"x" * HEAD_BYTES
    assert described(begun, size=10**10) == Described("text/plain", encoding="utf-8")
