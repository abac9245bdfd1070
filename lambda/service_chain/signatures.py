"""What kind of file this is that we do not take, so that a refusal can name it."""

# (where, what, name), the more telling first.
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF87a", "a GIF picture"),
    (0, b"GIF89a", "a GIF picture"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (doc, xls, ppt)"),
    (0, b"\x1f\x8b\x08", "a gzip archive"),
    (4, b"1AY&SY", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"FORM", "an AIFF recording"),
    (0, b".snd", "an AU recording"),
    (0, b"caff", "a CAF recording"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMA or WMV recording"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\0\0\x01\xba", "an MPEG video"),
    (0, b"\0\0\x01\xb3", "an MPEG video"),
    (0, b"MThd", "a MIDI file"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\0", "a program"),
)
# Texts may begin with these letters, files of the kind go on with bytes that no text has.
_ALSO_WORDS = frozenset({b"FORM", b".snd", b"caff", b"MThd", b"PAR1", b"ustar"})
_IN_RIFF = {b"WEBP": "a WebP picture", b"AVI ": "an AVI video"}
_IN_ZIP = (
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint presentation (pptx)"),
    (b"opendocument", "an OpenDocument file"),
    (b"epub", "an EPUB book"),
)


def name_of(head: bytes) -> str | None:
    """Name a file that is neither text nor sound that we take; None where nothing tells."""
    if head.startswith(b"PK\x03\x04"):
        return next((name for mark, name in _IN_ZIP if mark in head), "a ZIP archive")
    if head.startswith(b"RIFF") and b"\0" in head[:64]:
        return _IN_RIFF.get(head[8:12], "a RIFF file")
    for place, mark, name in _MARKS:
        if head.startswith(mark, place) and not (mark in _ALSO_WORDS and b"\0" not in head[:64]):
            return name
    if head[:1] == b"\xff" and head[1:2] in {b"\xf1", b"\xf9"}:
        return "an AAC recording (ADTS)"
    return None
