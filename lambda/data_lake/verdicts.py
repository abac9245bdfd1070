"""A contract in SQL: the typed value of every cell, and why a record is set aside."""

from data_lake.cells import Cells
from data_lake.contract import Column, Contract, Kind
from data_lake.literals import text
from data_lake.reasons import Reason

# Cells are text, whatever format they come from: the same text is judged the same everywhere.
MARK = chr(31)  # between a reason and the column that it is about
_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.DOUBLE: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.MOMENT: "TIMESTAMPTZ",
}
# What TRY_CAST takes is wider: it rounds 7.9, reads 1_000, 0x1F, blanks, and 24:00 as the next day.
_NUMBER = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"
_LOCAL = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?"
_SHAPES = {
    Kind.INTEGER: r"-?\d+",
    Kind.DOUBLE: _NUMBER,
    Kind.BOOLEAN: "true|false",
    Kind.DATE: r"\d{4}-\d{2}-\d{2}",
    Kind.MOMENT: _LOCAL + r"(Z|[+-](0\d|1[0-4]):[0-5]\d)",
}
_NOT_FINITE = "('nan', '-nan', 'inf', '-inf', 'infinity', '-infinity')"
# What JSON calls the values that a kind may be written as.
_JSON = {
    **dict.fromkeys((Kind.TEXT, Kind.DATE, Kind.MOMENT), ("VARCHAR",)),
    **dict.fromkeys(
        (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE), ("BIGINT", "UBIGINT", "HUGEINT", "DOUBLE")
    ),
    Kind.BOOLEAN: ("BOOLEAN",),
}


def sql_type(column: Column) -> str:
    """Return the type that a column's values have in the engine, and in Parquet."""
    if column.kind is Kind.DECIMAL:
        return f"DECIMAL(18, {column.scale})"
    return _TYPES[column.kind]


def typed(column: Column) -> str:
    """Name a column's typed value: no word of SQL, and none of the names of ours."""
    return f"v_{column.name}"


def judged(contract: Contract, cells: Cells) -> str:
    """Select typed values, ``day``, and ``why``: NULL for a good record, else reason and column.

    ``record`` is the text of one that is not good. Parameters are the window of days that are
    taken, from $first on and before $end.
    """
    # Named once, or the engine would cut each cell out for each thing that is asked of it.
    found = [f"c_{column.name}" for column in contract.columns]
    cut = ", ".join(f"{cell} AS {called}" for cell, called in zip(cells.texts, found, strict=True))
    columns = list(zip(contract.columns, found, cells.kinds, strict=True))
    names = ", ".join(typed(column) for column in contract.columns)
    values = ", ".join(f"{_value(column, cell)} AS {typed(column)}" for column, cell, _ in columns)
    problems = ", ".join(_problem(*each) for each in columns)
    moment = contract.column(contract.partition)
    # By number: a time zone, even UTC, has its calendar asked for every record.
    utc = (
        f"make_timestamp(epoch_us({typed(moment)}))"
        if moment.kind is Kind.MOMENT
        else typed(moment)
    )
    outside = _reason(Reason.OUT_OF_WINDOW, moment)
    window = f"CASE WHEN day < $first OR day >= $end THEN {outside} END"
    # Nearly every record is good, and is found to be so in one test, without asking which reason.
    good = " AND ".join(
        ["why IS NULL", "day >= $first", "day < $end", *(_holds(*each) for each in columns)]
    )
    why = f"CASE WHEN {good} THEN NULL ELSE coalesce(why, {problems}, {window}) END"
    return (
        f"SELECT n, {names}, day, why, "  # noqa: S608 (checked names)
        f"CASE WHEN why IS NOT NULL THEN {cells.record} END AS record FROM "
        f"(SELECT * REPLACE ({why} AS why) FROM "
        f"(SELECT *, CAST({utc} AS DATE) AS day FROM "
        f"(SELECT *, {values} FROM (SELECT *, {cut} FROM ({cells.sql})))))"
    )


def _value(column: Column, cell: str) -> str:
    if column.timezone:
        return f"timezone({text(column.timezone)}, TRY_CAST({cell} AS TIMESTAMP))"
    return cell if column.kind is Kind.TEXT else f"TRY_CAST({cell} AS {sql_type(column)})"


def _problem(column: Column, cell: str, kind: str) -> str:
    """Say what is wrong with one cell, as a CASE whose branches come from coarse to fine."""
    missing = _reason(Reason.MISSING, column) if column.required else "NULL"
    cases = [(f"{cell} IS NULL", missing), *_cases(column, cell, kind)]
    return "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in cases) + " END"


def _holds(column: Column, cell: str, kind: str) -> str:
    """Test one cell at once. What fails may be good all the same; what passes has no problem."""
    written = f"CAST({typed(column)} AS VARCHAR) <> {cell}"
    cheaper = {
        Kind.INTEGER: written,  # as the engine itself writes the value, so of the right shape
        Kind.DECIMAL: written,
        Kind.BOOLEAN: f"{cell} NOT IN ('true', 'false')",
    }
    cases = [when for when, _ in _cases(column, cell, kind)]
    if column.kind in cheaper:
        cases[cases.index(_misshapen(column, cell))] = cheaper[column.kind]
    # In any order: the engine takes first what most often decides. So nothing here may raise.
    holds = " AND ".join(f"NOT ({when})" for when in cases) or "true"
    return (
        f"({cell} IS NOT NULL AND {holds})" if column.required else f"({cell} IS NULL OR {holds})"
    )


def _cases(column: Column, cell: str, kind: str) -> list[tuple[str, str]]:
    """List what can be wrong with a cell that is there, and what it is then."""
    name = typed(column)
    cases = []
    wrong_type = _reason(Reason.WRONG_TYPE, column)
    if kind:
        cases.append((f"{kind} NOT IN ({', '.join(map(text, _JSON[column.kind]))})", wrong_type))
    if column.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE):
        not_finite = _reason(Reason.NOT_FINITE, column)
        beyond = _reason(Reason.OUT_OF_RANGE, column)
        cases.append((_misshapen(column, cell),
                      f"CASE WHEN lower({cell}) IN {_NOT_FINITE} THEN {not_finite} "
                      f"ELSE {wrong_type} END"))  # fmt: skip
        cases.append((f"{name} IS NULL", beyond))
        bounds = [f"{name} < {column.minimum}"] if column.minimum is not None else []
        bounds += [f"{name} > {column.maximum}"] if column.maximum is not None else []
        if column.kind is Kind.DOUBLE:
            bounds.append(f"NOT isfinite({name})")
        cases += [(bound, beyond) for bound in bounds]
    elif column.kind is Kind.TEXT:
        cases += [(broken, _reason(Reason.NOT_ALLOWED, column)) for broken in _limits(column, cell)]
    else:
        cases.append((_misshapen(column, cell), wrong_type))
        if column.kind is not Kind.BOOLEAN:
            unreal = [f"{name} IS NULL"]
            if column.kind is Kind.MOMENT:
                unreal.append(f"contains({cell}, 'T24')")
            if column.timezone:
                unreal.append(
                    f"timezone({text(column.timezone)}, {name}) <> TRY_CAST({cell} AS TIMESTAMP)"
                )
            cases += [(is_unreal, _reason(Reason.NO_SUCH_TIME, column)) for is_unreal in unreal]
    return cases


def _misshapen(column: Column, cell: str) -> str:
    return f"NOT regexp_full_match({cell}, {text(_shape(column))})"


def _shape(column: Column) -> str:
    if column.kind is Kind.DECIMAL:
        return rf"-?\d+(\.\d{{1,{column.scale}}}0*)?" if column.scale else r"-?\d+(\.0+)?"
    return _LOCAL if column.timezone else _SHAPES[column.kind]


def _limits(column: Column, cell: str) -> list[str]:
    limits = []
    if column.min_length:
        limits.append(f"length({cell}) < {column.min_length}")
    if column.max_length is not None:
        limits.append(f"length({cell}) > {column.max_length}")
    if column.pattern:
        limits.append(f"NOT regexp_matches({cell}, {text(column.pattern)})")
    if column.allowed:
        limits.append(f"{cell} NOT IN ({', '.join(map(text, column.allowed))})")
    return limits


def _reason(reason: Reason, column: Column) -> str:
    return text(f"{reason}{MARK}{column.name}")
