"""What came out beside what is true, in Markdown. Pure."""

from collections.abc import Mapping

from costs.markdown import table
from demos.data_lake.known import Foresight
from fixtures.retail.truth import Held

NAMES = {
    "retail_visits_enhanced": "Visits in enhanced: each good one once, in its newest delivery",
    "retail_purchases_enhanced": "Receipts in enhanced: likewise, to the cent",
    "quarantine": "Bad records in quarantine: file, line, reason and column",
}


def told(held: Mapping[str, Held], seen: Foresight, files: int, seconds: float) -> str:
    """Tabulate what there has to be, what there is, and how many of either the other lacks."""
    rows = [
        [
            NAMES[name],
            *(f"{n:,}" for n in (each.expected, each.found, each.missing, each.unexpected)),
        ]
        for name, each in held.items()
    ]
    leaked = f"{len(seen.wrong):,}"
    rows.append(
        ["Training rows that know what was known at their moment",
         f"{seen.rows:,}", f"{seen.rows:,}", leaked, leaked]
    )  # fmt: skip
    examples = [
        f"{name}: {', '.join(each.examples)}" for name, each in held.items() if each.examples
    ]
    examples += [f"training rows: {', '.join(seen.wrong[:3])}"] if seen.wrong else []
    heads = ["Held to the generator's truth", "True", "Found", "Not there", "Too much"]
    return "\n\n".join(
        [
            f"{files} files of CSV, gzip, JSON Lines and Parquet, visits and the receipts of their"
            " tills, one record in twenty broken in one of all the ways that its format allows, and"
            " one in a hundred sent twice; late ones and corrections too. In a sandbox with IAM"
            f" enforced, with two runs of the lake, rules of quality included: {seconds:.0f} s."
            " Tables are compared row by row, all columns of the contract, from the very files that"
            " the table lists; the command fails if one row differs.",
            table(heads, rows),
            f"Of the training rows {seen.knowing:,} know something of their shop's past. What each"
            " says of others, and its label, was counted anew by a program that shares no line with"
            " the job.",
            *examples,
        ]
    )
