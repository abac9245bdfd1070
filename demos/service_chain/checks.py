"""Set what came out against what went in, file by file. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from demos.advice import SHOWN, about, together
from demos.athena import Rows
from demos.report.blocks import Check
from demos.service_chain.inputs import File, Files
from demos.service_chain.results import Account, Document, Failed

WORST_ERROR_RATE = 0.6  # a recording of which more is wrong was not understood at all
REFUSALS = ("AccessDenied", "not authorized to perform")
SYNTHESIZED = "as synthesized"


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


def checks(account: Account) -> list[Check]:
    """Compare; the advice names what to look at."""
    a = account
    files = a.good_sent + a.bad_sent
    more = len(a.wrong) - SHOWN
    rest = f"{more} more documents are not as they should be" if more > 0 else ""
    return [
        Check(
            "Calls that AWS refused",
            0,
            len(a.refused),
            f"AWS refused: {' | '.join(a.refused)}",
            "every right that is needed was granted",
        ),
        Check(
            "Files",
            files,
            files - len({*a.lost, *a.twice}),
            together(
                [
                    about(a.lost, "lost: sent, but neither a document nor a failure record"),
                    about(
                        a.twice,
                        "there twice: more than one document, failure record or execution",
                    ),
                ]
            ),
            "each with one document, or with one failure record and its reason",
        ),
        Check(
            "Documents unlike their files",
            0,
            len(a.wrong),
            together([*a.wrong[:SHOWN], rest]),
            "kind, language, text, mood and redaction are those of the file",
        ),
        Check(
            "Failures for another reason",
            0,
            len(a.other_reasons),
            f"failed for another reason: {'; '.join(a.other_reasons[:SHOWN])}",
            "each bad file is refused for what is wrong with it",
        ),
        Check(
            "Executions that still run",
            0,
            a.still_running,
            f"{a.still_running} executions still run: look at their last state in the report",
            "nothing hangs",
        ),
        Check(
            "Executions",
            files,
            a.executions,
            f"{a.executions} executions for {files} files and {a.duplicates_sent} duplicate "
            "events: each version of a file must have exactly one",
            f"one per version of a file; duplicate events sent on purpose: {a.duplicates_sent}",
        ),
        Check(
            "Rows of the view",
            a.rows_expected,
            a.rows_in_view,
            f"the view insights has {a.rows_in_view} rows where the documents have "
            f"{a.rows_expected} languages: compare it with the table documents",
            "one per document and language",
        ),
        Check(
            "Rows of failures",
            a.failures_written,
            a.failures_in_table,
            f"the table failures has {a.failures_in_table} rows where {a.failures_written} "
            "failure records were written: look at its location and its columns",
            "one per failure record",
        ),
        Check(
            "Dead letters",
            0,
            a.dead_letters,
            f"{a.dead_letters} events in the dead-letter queue: read the log of start_chain, mend "
            "the cause, then python -m operations redrive ServiceChain",
            "events that never became an execution",
        ),
        Check(
            "The machine",
            SYNTHESIZED,
            SYNTHESIZED if a.machine_as_synthesized else "another",
            "the machine that ran is not the one in the synthesized template",
            "what ran is what the template says",
        ),
    ]
