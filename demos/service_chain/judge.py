"""Set what came out against what went in, file by file. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from demos.athena import Rows
from demos.service_chain.files import File, Files
from demos.service_chain.results import Account, Document, Failed

WORST_ERROR_RATE = 0.6  # a recording of which more is wrong was not understood at all
REFUSALS = ("AccessDenied", "not authorized to perform")


def account_of(
    files: Files,
    documents: Sequence[Document],
    failures: Sequence[Failed],
    *,
    targets: Sequence[str],
    keys_of_executions: Sequence[str],
    running: int,
    rows: Rows,
    failure_rows: Rows,
    dead_letters: int,
    machine_as_synthesized: bool,
    problems: Sequence[Mapping[str, Any]],
) -> Account:
    """Count, and say of each file what is wrong with its outcome."""
    written, failed = Counter(d.key for d in documents), Counter(f.key for f in failures)
    began = Counter(keys_of_executions)
    known = [file.key for file in files.all]
    by_key = {d.key: d for d in documents}
    ends = [(d.key, d.run, "SUCCEEDED") for d in documents]
    ends += [(f.key, f.run, "FAILED") for f in failures]
    reasons = {f.key: f.reason for f in failures}
    return Account(
        good_sent=len(files.good),
        good_documented=sum(file.key in written for file in files.good),
        bad_sent=len(files.bad),
        bad_recorded=sum(file.key in failed for file in files.bad),
        lost=tuple(key for key in known if not written[key] and not failed[key]),
        twice=tuple(key for key in known if written[key] + failed[key] > 1 or began[key] > 1),
        wrong=tuple(
            wrong
            for file in files.good
            if file.key in by_key
            for wrong in differences(file, by_key[file.key], targets)
        )
        + tuple(
            f"the execution of {key!r} ended {run.status}, not {end}"
            for key, run, end in ends
            if run and run.status != end
        ),
        other_reasons=tuple(
            f"{file.key!r} is {reasons[file.key]!r}, not {file.reason!r}"
            for file in files.all
            if reasons.get(file.key, file.reason) != file.reason
        ),
        duplicates_sent=sum(file.twice for file in files.all),
        executions=len(keys_of_executions),
        dead_letters=dead_letters,
        still_running=running,
        rows_expected=sum(len(d.versions) for d in documents),
        rows_in_view=len({(row["document_id"], row["language"]) for row in rows}),
        failures_written=len(failures),
        failures_in_table=len({row["document_id"] for row in failure_rows}),
        machine_as_synthesized=machine_as_synthesized,
        refused=refused(failures, problems),
    )


def differences(file: File, document: Document, targets: Sequence[str]) -> list[str]:
    """Say in which way a document is not what its file asks for."""
    found = []
    if (document.kind, document.language) != (file.kind, file.language):
        told, asked = (document.kind, document.language), (file.kind, file.language)
        found.append(f"{file.key!r} came out as {' in '.join(told)!r}, not {' in '.join(asked)!r}")
    languages = {v.language for v in document.versions}
    if missing := sorted({file.language, *targets} - languages):
        found.append(f"{file.key!r} has no insights in {', '.join(missing)}")
    source = document.source
    if source is None:
        return [*found, f"{file.key!r} has no insights in its own language"]
    if file.kind == "text":
        text = " ".join(source.text.split())
        if lost := [part for part in file.said if " ".join(part.split()) not in text]:
            found.append(f"{file.key!r} has lost text, from {lost[0][:40]!r} on")
    elif document.recording is None:
        found.append(f"{file.key!r} has no transcript")
    elif document.recording.error_rate > WORST_ERROR_RATE:
        rate = document.recording.error_rate
        found.append(f"{file.key!r} was not understood: {rate:.0%} of the words are wrong")
    if file.mood and source.sentiment.label.lower() != file.mood:
        label = source.sentiment.label.lower()
        found.append(f"{file.key!r} sounds {label}, not {file.mood}")
    if file.secrets and source.redacted is None:
        found.append(f"{file.key!r} has no redacted copy")
    elif left := [secret for secret in file.secrets if secret in (source.redacted or "")]:
        found.append(f"the redacted copy of {file.key!r} still has {len(left)} secrets in it")
    return found


def refused(failures: Sequence[Failed], problems: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Collect AWS's words about missing permissions."""
    said = {problem["message"] for problem in problems}
    said |= {f.cause for f in failures if any(sign in f.cause for sign in REFUSALS)}
    return tuple(sorted(said))
