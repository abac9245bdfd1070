"""Transcribe, by PocketSphinx."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("service",),
    service="transcribe",
    needs=("pocketsphinx", "soundfile", "soxr", "numpy"),
    group="sandbox/groups/speech.txt",
    newest_python=(3, 13),
)
