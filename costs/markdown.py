"""Write tables in Markdown, each into its place of a page."""

import re
from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; columns of numbers align to the right."""
    numeric = [all(re.fullmatch(r"[*$\d.,]+|", row[n]) for row in rows) for n in range(len(heads))]
    rule = ["---:" if right and heads[n] != "Because" else "---" for n, right in enumerate(numeric)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows])


def put_between(text: str, name: str, table: str) -> str:
    """Replace what stands between ``<!-- name -->`` and ``<!-- /name -->``."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"no {opening} … {closing} in the page: put both where the table belongs")
    return pattern.sub(lambda _: f"{opening}\n{table}\n{closing}", text)
