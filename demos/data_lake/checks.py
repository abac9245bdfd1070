"""What came out beside what is true, with what to do where they differ."""

from demos.advice import about, together
from demos.data_lake.curated import Curated
from demos.data_lake.results import Account, Results
from demos.report.blocks import Check

READ_THE_LOG = "run it again with KEEP=1 and read the function's log"
READ_THE_JOB = "run it again with KEEP=1 and read the jobs' logs"

MEANS = {
    "retail_visits_enhanced": "corrections took their place, late ones were let in",
    "retail_purchases_enhanced": "to the cent",
    "retail_visits_enhanced before": "what came later is not in it",
}


def checks(results: Results) -> list[Check]:
    """Hold all of it against the generator's truth."""
    return [
        *_records(results.account),
        *_tables(results),
        *_features(results),
        _quality(results.curated),
    ]


def _quality(curated: Curated) -> Check:
    bad = [f"{rule.table}: {rule.says}" for rule in curated.rules if rule.result != "PASS"]
    return Check(
        "Rules of quality that hold",
        len(curated.rules),
        len(curated.rules) - len(bad),
        f"{'; '.join(bad)}; ask the tables what breaks them",
        means="else no event would have been sent",
    )


def _tables(results: Results) -> list[Check]:
    named = {
        "retail_visits_enhanced": "Visits in enhanced, each once, in their newest delivery",
        "retail_purchases_enhanced": "Receipts in enhanced, each once, in their newest delivery",
        "retail_visits_enhanced before": "Visits in the snapshot before the second delivery",
    }
    found = []
    for name, what in named.items():
        held = results.tables[name]
        advice = together(
            [
                about(held.wrong, f"of {name} are not there, or not as delivered last"),
                about(held.twice, f"of {name} are there twice"),
                about(held.unknown, f"of {name} were never sent"),
            ]
        )
        right = held.expected - len(held.wrong) - len(held.twice) - len(held.unknown)
        found.append(Check(what, held.expected, right, f"{advice}; {READ_THE_JOB}", MEANS[name]))
    return found


def _features(results: Results) -> list[Check]:
    seen = results.foresight
    ready = [detail for kind, detail in results.heard if kind == "Features Ready"]
    hashes = {detail["content_hash"] for detail in ready}
    return [
        Check(
            "Training rows that know what was known at their moment, and nothing later",
            seen.rows,
            seen.rows - len(seen.wrong),
            f"{about(seen.wrong, 'know something else')}; {READ_THE_JOB}",
            means="counted anew by another program",
        ),
        Check(
            "Training sets of which others heard, by an event",
            len(results.runs),
            len(hashes),
            f"events told of {sorted(hashes)}; {READ_THE_JOB}",
            means="one event for each run that changed it",
        ),
    ]


def _records(account: Account) -> list[Check]:
    """Hold what came out against the generator's truth."""
    lost = [about(keys, f"of {name} are in no view") for name, keys in account.lost.items()]
    twice = [about(keys, f"of {name} are there twice") for name, keys in account.twice.items()]
    differing = account.reasons_sent - account.reasons_found
    differing += account.reasons_found - account.reasons_sent
    told = ", ".join(f"{count} of {' '.join(what)}" for what, count in differing.items())
    return [
        Check(
            "Good records, each once",
            sum(account.good_sent.values()),
            sum(account.good_found.values()) - sum(map(len, account.lost.values())),
            together([*lost, *twice]) or f"the views have records that nobody sent; {READ_THE_LOG}",
            means="no view lost a record, or has it twice",
        ),
        Check(
            "Bad records in quarantine, with their reason and column",
            account.reasons_sent.total(),
            account.reasons_found.total() - differing.total(),
            f"quarantine differs from the truth: {told}; {READ_THE_LOG}",
            means="and no good one beside them",
        ),
        Check(
            "Bad files set aside, with their reason",
            len(account.files_sent),
            len(account.files_sent.items() & account.files_found.items()),
            f"files are set aside as {account.files_found}; {READ_THE_LOG}",
            means="none of their records is anywhere",
        ),
        Check(
            "Repeated records of files, kept out of the views",
            account.repeated_sent,
            account.repeated_found,
            f"the load records count other repeats than were sent; {READ_THE_LOG}",
            means="they are counted, and no fault",
        ),
        Check(
            "Files given up",
            0,
            account.dead_letters,
            f"messages are in the dead-letter queue; {READ_THE_LOG}",
            means="every message was done with",
        ),
    ]
