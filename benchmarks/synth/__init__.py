"""What ``python app.py`` takes: beside an empty app, and for each architecture more."""

from benchmarks.synth import copies, empty_app


def report() -> str:
    """Measure both, and say it in Markdown."""
    return "\n\n".join((empty_app.told(), copies.told()))
