"""Show one shop day in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demos import tables
from demos.report.charts import interpolate
from demos.report.html import visible
from demos.retail_demographics.results import Results

BLOCKS = "▁▂▃▄▅▆▇█"
ZERO, HIDDEN = "·", "░"
WIDEST_BAR = 16


def sparkline(values: Sequence[int | None], maximum: int) -> str:
    """Draw one character per value: a dot for zero, a shade for a withheld one."""
    return "".join(_block(value, maximum) for value in values)


def _block(value: int | None, maximum: int) -> str:
    if value is None:
        return HIDDEN
    if value == 0:
        return ZERO
    return BLOCKS[min(round((len(BLOCKS) - 1) * value / max(maximum, 1)), len(BLOCKS) - 1)]


def bar(value: float, maximum: float) -> str:
    """Draw a lying bar."""
    return "█" * round(WIDEST_BAR * value / maximum) if maximum else ""


def show(console: Console, results: Results) -> None:
    """Print every table."""
    shown = (
        footfall(results),
        groups(results, "age_band", "Age bands"),
        groups(results, "emotion", "Moods"),
        confidence(results),
        rejects(results),
        proof(results),
    )
    tables.show(console, shown)


def footfall(results: Results) -> Table:
    """One line per store, one character per hour."""
    hours = sorted({row.hour for row in results.footfall})
    span = f"{hours[0]} to {hours[-1]} h" if hours else "no hours"
    table = tables.table("Footfall by hour", "store", span, ">faces", ">peak", ">withheld hours")
    top = max((row.faces or 0 for row in results.footfall), default=0)
    for store in results.sent.stores:
        rows = {row.hour: row.faces for row in results.footfall if row.store == store}
        values = [rows[hour] for hour in hours if hour in rows]
        known = [value for value in values if value is not None]
        table.add_row(
            escape(visible(store)),
            "".join(sparkline([rows[h]], top) if h in rows else " " for h in hours),
            str(sum(known)),
            str(max(known, default=0)),
            str(len(values) - len(known)),
        )
    table.caption = f"{ZERO} no face, {HIDDEN} fewer than {results.group_size} faces: withheld"
    return table


def groups(results: Results, dimension: str, title: str) -> Table:
    """One line per value, one column per store."""
    table = tables.table(title, "", *(f"{visible(store)}" for store in results.sent.stores))
    chosen = [g for g in results.groups if g.dimension == dimension]
    order = list(results.age_bands) if dimension == "age_band" else []
    values = dict.fromkeys([v for v in order if any(g.value == v for g in chosen)])
    rest = sorted(
        {g.value for g in chosen} - set(values),
        key=lambda v: (v == "withheld", v in ("", "unknown"), -_sum(results, dimension, v)),
    )
    top = max((g.faces for g in chosen), default=0)
    for value in [*values, *rest]:
        faces = {g.store: g.faces for g in chosen if g.value == value}
        cells = [
            f"{faces.get(s, 0):>4} [cyan]{bar(faces.get(s, 0), top)}" for s in results.sent.stores
        ]
        quiet = value in ("withheld", "", "unknown")
        name = "doubtful" if value in ("", "unknown") else value
        table.add_row(escape(name), *cells, style="dim" if quiet else None)
    return table


def _sum(results: Results, dimension: str, value: str) -> int:
    return sum(g.faces for g in results.groups if (g.dimension, g.value) == (dimension, value))


def confidence(results: Results) -> Table:
    """One line per attribute: how many faces keep it as the threshold rises."""
    table = tables.table(
        "Confidence profile", "attribute", "share kept, 0 to 99", ">threshold", ">kept"
    )
    for attribute in dict.fromkeys(row.attribute for row in results.profile):
        points = sorted((r.threshold, r.share) for r in results.profile if r.attribute == attribute)
        mark = results.thresholds.get(attribute)
        kept = "" if mark is None else f"{interpolate(points, mark):.0%}"
        curve = sparkline([round(100 * share) for _, share in points], 100)
        table.add_row(escape(attribute), curve, "" if mark is None else f"{mark:g}", kept)
    return table


def rejects(results: Results) -> Table:
    """One line per file that was set aside."""
    table = tables.table("Set aside, with a reason", "key", "reason", ">bytes")
    for row in results.rejects:
        name = visible(row.key)
        short = name if len(name) <= 60 else f"{name[:57]}…"
        table.add_row(escape(short), f"[yellow]{escape(row.reason)}", f"{row.size_bytes:,}")
    return table


def proof(results: Results) -> Table:
    """Set what was found beside what was expected."""
    a = results.account
    counts = (
        ("frames", a.frames_sent, a.frames_counted),
        ("faces that Rekognition reported", a.faces_reported, a.faces_in_views),
        ("bad files", a.bad_files_sent, a.bad_files_rejected),
        ("dead letters", 0, a.dead_letters),
        ("counted frames still in the bucket", 0, a.frames_left_in_bucket),
    )
    caption = f"{a.faces_drawn} faces were drawn; the detector reported {a.faces_reported}"
    return tables.proof(counts, caption)
