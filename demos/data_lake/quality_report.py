"""What tables were held to before a run went on."""

from demos.data_lake.curated import TABLES
from demos.data_lake.results import Results
from demos.report.blocks import Badge, Bar, Bars, Folded, Key, Look, Panel, Panels, Small, Table
from demos.report.sections import Section

LOOKS: dict[str, Look] = {"PASS": "good", "FAIL": "bad", "ERROR": "bad"}


def quality_section(results: Results) -> Section:
    """Show how many rules of each table hold, and every rule."""
    rules = results.curated.rules
    panels = []
    tables = []
    for number, table in enumerate(TABLES):
        of_it = [rule for rule in rules if rule.table == table]
        passed = sum(rule.result == "PASS" for rule in of_it)
        bars = [Bar("hold", passed), Bar("do not", len(of_it) - passed)]
        chart = Bars(f"Rules of {table}", bars, max(len(of_it), 1), "rules", series=number)
        panels.append(Panel(Key(table), [chart], series=number))
        rows = [
            (
                Badge(rule.result, LOOKS.get(rule.result, "warn")),
                Key(rule.says),
                Small(rule.measured),
            )
            for rule in of_it
        ]
        tables.append(
            Folded(
                f"{len(of_it)} rules of {table}",
                [Table(f"Rules of {table}", ["Is", "Rule", "Measured"], rows)],
            )
        )
    return Section(
        "quality",
        "Held to rules before anybody learns from it",
        "A run goes on only where every rule of Glue Data Quality holds; else it ends with a "
        f"record and an event. Evaluations in all: {results.curated.evaluations}. These are the "
        "newest.",
        [Panels(panels), *tables],
        brief=True,
    )
