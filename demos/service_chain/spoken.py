"""Show a transcript whose words follow the recording; without a script it is plain text."""

from demos.report.html import Html, join, key, prose, tag
from demos.report.page import data_source
from demos.service_chain.annotated import body, plain
from demos.service_chain.results import Document, Recording, Word

DOUBTFUL = 0.5


def transcript(document: Document, recording: Recording, text: str) -> Html:
    """Write the recording, what was heard in it, and how far that is from what was said."""
    sound = tag(
        "audio",
        controls=True,
        preload="metadata",
        src=data_source(recording.sound, recording.media_type),
        aria_label=f"Recording {document.key}",
    )
    edits = f"{recording.error_rate:.0%} word error rate, of {recording.words_said} words said"
    return tag(
        "figure",
        tag("figcaption", key(document.key), tag("span", edits)),
        sound,
        body(_words(recording, text), document.language, cut=0),
        tag("details", tag("summary", "What was said"), plain(recording.reference, "en")),
        class_="recording",
    )


def _words(recording: Recording, text: str) -> Html:
    parts: list[object] = []
    at, channel = 0, None
    for word in recording.words:
        if not at <= word.begin <= word.end_offset <= len(text):
            continue
        parts.append(prose(text[at : word.begin]))
        if word.channel is not None and word.channel != channel:
            line = tag("br") if channel is not None else ""
            channel = word.channel
            named = f"channel {prose(channel.removeprefix('ch_'))} "
            parts += [line, tag("small", named, class_="kind")]
        parts.append(_word(word, text[word.begin : word.end_offset]))
        at = word.end_offset
    return join([*parts, prose(text[at:])])


def _word(word: Word, shown: str) -> Html:
    sure = "" if word.confidence is None else f", confidence {word.confidence:.2f}"
    doubtful = word.confidence is not None and word.confidence < DOUBTFUL
    return tag(
        "span",
        prose(shown),
        class_="word doubtful" if doubtful else "word",
        data_s=f"{word.start:.2f}",
        data_e=f"{word.end:.2f}",
        title=f"{word.start:.2f} s{sure}",
    )
