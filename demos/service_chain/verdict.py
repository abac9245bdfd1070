"""Say whether the run came out right: each file in exactly one place, and what it says is true."""

from demos.service_chain.results import Account
from demos.verdict import SHOWN, about


def problems(account: Account) -> list[str]:
    """Name everything that is wrong, each with what to look at; an empty list is good."""
    a = account
    found = [f"AWS refused: {said}" for said in a.refused]
    found += [
        about(a.lost, "lost: sent, but neither a document nor a failure record"),
        about(a.twice, "there twice: more than one document, failure record or execution"),
    ]
    found += list(a.wrong[:SHOWN])
    if len(a.wrong) > SHOWN:
        found.append(f"{len(a.wrong) - SHOWN} more documents are not as they should be")
    if a.other_reasons:
        found.append(f"failed for another reason: {'; '.join(a.other_reasons[:SHOWN])}")
    if a.still_running:
        found.append(
            f"{a.still_running} executions still run: look at their last state in the report"
        )
    if a.executions != a.good_sent + a.bad_sent:
        found.append(
            f"{a.executions} executions for {a.good_sent + a.bad_sent} files and "
            f"{a.duplicates_sent} duplicate events: each version of a file must have exactly one"
        )
    if a.rows_in_view != a.rows_expected:
        found.append(
            f"the view insights has {a.rows_in_view} rows where the documents have "
            f"{a.rows_expected} languages: compare it with the table documents"
        )
    if a.failures_in_table != a.failures_written:
        found.append(
            f"the table failures has {a.failures_in_table} rows where {a.failures_written} failure "
            "records were written: look at its location and its columns"
        )
    if a.dead_letters:
        found.append(
            f"{a.dead_letters} events in the dead-letter queue: read the log of start_chain, mend "
            "the cause, then python -m operations redrive ServiceChain"
        )
    if not a.machine_as_synthesized:
        found.append("the machine that ran is not the one in the synthesized template")
    return [problem for problem in found if problem]
