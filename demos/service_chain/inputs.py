"""The input of the demo: two recorded calls, texts in three languages, files that are neither."""

from dataclasses import dataclass

from fixtures.speech.calls import HAPPY, UNHAPPY, Call
from fixtures.texts.library import not_a_text, text

SOUND = "audio/flac"


@dataclass(frozen=True, slots=True)
class File:
    """One object to upload, and what must come of it.

    ``reason`` is why it must be refused. ``said`` is what must stand in the text: all of it, or for
    a recording what the speakers were given to say. ``secrets`` must not stand in a redacted copy.
    """

    key: str
    content: bytes
    kind: str = "text"
    language: str = ""
    said: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    mood: str | None = None
    reason: str | None = None
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Everything that is uploaded."""

    good: tuple[File, ...]
    bad: tuple[File, ...]

    @property
    def all(self) -> tuple[File, ...]:
        """All of them, bad ones in between as in life."""
        return (self.good[0], *self.bad, *self.good[1:])

    def named(self, key: str) -> File | None:
        """Find a file by its key."""
        return next((file for file in self.all if file.key == key), None)


def make_files() -> Files:
    """Put the input together: keys with spaces, accents and colons, four encodings, three forms."""
    complaint, queja = text("complaint", "en"), text("complaint", "es")
    review, notice = text("review", "es"), text("notice", "fr")
    return Files(
        good=(
            _call("calls/2026/unhappy call.flac", UNHAPPY),
            _call("calls/2026/happy call.flac", HAPPY),
            File(
                "complaints/Charged twice?.md",
                complaint.markdown(),
                language="en",
                said=(complaint.title, *complaint.paragraphs),
                secrets=_secrets(complaint.personal),
                mood="negative",
                twice=True,
            ),
            File(
                "complaints/queja: Joaquín.txt",
                queja.plain("utf-8-sig"),
                language="es",
                said=(queja.title, *queja.paragraphs),
                secrets=_secrets(queja.personal),
            ),
            File(
                "reviews/reseña nº 1.txt",
                review.plain("utf-16"),
                language="es",
                said=(review.title, *review.paragraphs),
            ),
            File(
                "avis/horaires d'avril.html",
                notice.html("latin-1"),
                language="fr",
                said=notice.paragraphs,
            ),
        ),
        bad=(
            File("scans/invoice.pdf", not_a_text(), reason="unsupported"),
            File("notes/empty.txt", b"", reason="empty"),
        ),
    )


def _call(key: str, call: Call) -> File:
    return File(key, call.recording, kind="audio", language="en", said=(call.text(),))


def _secrets(personal: dict[str, str]) -> tuple[str, ...]:
    """Choose what any detector must find: the forms of an address and of a card are fixed."""
    return (personal["EMAIL"], personal["CREDIT_DEBIT_NUMBER"])
