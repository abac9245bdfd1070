"""DuckDB's spelling of a typed Trino statement."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.generators.duckdb import DuckDBGenerator

from sandbox.services.athena.engine.casting import cast_text
from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.functions import Match
from sandbox.services.athena.engine.types import (
    DATE,
    DOUBLE,
    INSTANT,
    MONTHS,
    UNKNOWN,
    Type,
    as_decimal,
    to_duckdb,
)


def kind_of(node: exp.Expr) -> Type:
    """Return the type that the analyzer left on an expression."""
    found: Type = node.meta.get("kind", UNKNOWN)
    return found


def quoted(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def zone_literal(kind: Type) -> str:
    """Write the zone of an instant; refuse one that only the data would tell."""
    if kind.zone is None:
        raise not_carried("an instant whose time zone the query's text does not fix")
    return quoted(kind.zone)


class _Generator(DuckDBGenerator):
    """Writes functions by their catalogue text, and operators by their operands' types."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.bound: dict[str, str] = {}

    def call(self, node: exp.Anonymous, around: str = "", inside: str = "") -> str:
        if node.name.lower() == "row":
            return f"row({', '.join(self.sql(a) for a in node.expressions)})"
        match: Match = node.meta["match"]
        given = [a for a in node.expressions if not isinstance(a, exp.Star)]
        if node.args.get("within"):
            inside += " ORDER BY " + ", ".join(self.sql(o) for o in node.args["within"])
        if given and isinstance(given[-1], exp.Order):
            inside += " ORDER BY " + ", ".join(self.sql(o) for o in given[-1].expressions)
            given[-1] = given[-1].this
        distinct = bool(given) and isinstance(given[0], exp.Distinct)
        if distinct:
            given = list(given[0].expressions)
        special = _SPECIAL.get(match.overload.text)
        if special:
            return special(self, given, match)
        if node.name.lower() == "typeof":
            return quoted(str(kind_of(given[0])))
        texts = [self._argument(match, i, a) for i, a in enumerate(given)]
        if distinct and texts:
            texts[0] = f"DISTINCT {texts[0]}"
        if node.name.lower() == "format":
            return f"t_format({texts[0]}, {self._formatted(given[1:])})"
        if match.overload.text == "t_avg":
            match = Match(replace(match.overload, text=_average(kind_of(given[0]))), match.result)
        return _expand(match, texts, [kind_of(a) for a in given], around, inside)

    def _formatted(self, given: list[exp.Expr]) -> str:
        parts = [
            cast_text(self.sql(a), kind_of(a), Type("varchar"), False)
            if kind_of(a).temporal
            else self.sql(a)
            for a in given
        ]
        return f"CAST(json_array({', '.join(parts)}) AS VARCHAR)"

    def _argument(self, match: Match, index: int, node: exp.Expr) -> str:
        text = self.sql(node)
        parameters = match.overload.parameters
        wanted = parameters[min(index, len(parameters) - 1)].text if parameters else ""
        kind = kind_of(node)
        if wanted == "double" and kind.name != "double":
            return f"CAST({text} AS DOUBLE)"
        if wanted == "timestamp" and kind.name == "date":
            return f"CAST({text} AS TIMESTAMP)"
        if wanted == "instant" and kind.name in ("date", "timestamp"):
            return f"timezone('UTC', CAST({text} AS TIMESTAMP))"
        return text

    def decorated(self, node: exp.Expr, around: str = "", inside: str = "") -> str:
        """Write an aggregate below FILTER, IGNORE NULLS and OVER."""
        if isinstance(node, exp.Filter):
            where = f" FILTER (WHERE {self.sql(node.expression.this)})"
            return self.decorated(node.this, where + around, inside)
        if isinstance(node, exp.IgnoreNulls):
            return self.decorated(node.this, around, " IGNORE NULLS" + inside)
        if isinstance(node, exp.RespectNulls):
            return self.decorated(node.this, around, inside)
        if not isinstance(node, exp.Anonymous):
            raise not_carried(f"OVER on {node.key}")
        return self.call(node, around, inside)

    def windowed(self, node: exp.Window) -> str:
        if isinstance(node.this, exp.Identifier):
            return str(super().window_sql(node))
        if node.args.get("alias") is not None:
            return self.decorated(node.this, f" OVER {self.sql(node, 'alias')}")
        bare = node.copy()
        bare.set("this", exp.Identifier(this="it", quoted=False))
        text = super().window_sql(bare)
        over = text[text.index("OVER") :]
        return self.decorated(node.this, f" {over}")

    def divided(self, node: exp.Div) -> str:
        left, right = self.sql(node.left), self.sql(node.right)
        kind = kind_of(node)
        if kind.whole:
            return f"({left} // {right})"
        if kind.name != "decimal":
            return f"({left} / {right})"
        (_, s1), (_, s2) = (as_decimal(kind_of(n)).numbers for n in (node.left, node.right))
        scale = kind.numbers[1]
        one, two = (f"CAST({t} * {10**s} AS HUGEINT)" for t, s in ((left, s1), (right, s2)))
        whole = f"t_divide({one}, {two}, CAST({10 ** (scale - s1 + s2)} AS HUGEINT))"
        return _scaled(whole, kind)

    def summed(self, node: exp.Binary) -> str:
        sign = "+" if isinstance(node, exp.Add) else "-"
        left, right = self.sql(node.left), self.sql(node.right)
        text = f"({left} {sign} {right})"
        kinds = kind_of(node.left), kind_of(node.right)
        if kind_of(node) == DATE:
            return f"CAST({text} AS DATE)"
        if kinds[0] == kinds[1] == DATE and sign == "-":
            return f"to_days(CAST({text} AS INTEGER))"
        if MONTHS in kinds and any(k.name == INSTANT.name and k.zone != "UTC" for k in kinds):
            raise not_carried("months added to an instant outside UTC")
        return text

    def subscript(self, node: exp.Bracket) -> str:
        holder, index = self.sql(node.this), self.sql(node.expressions[0])
        kind = kind_of(node.this)
        if kind.name == "array":
            return f"t_subscript({holder}, {index})"
        if kind.name == "map":
            return f"t_map_subscript({holder}, {index})"
        field = kind.fields[int(node.expressions[0].name) - 1]
        return f"({holder})[{quoted(field) if field else index}]"

    def unnested(self, node: exp.Unnest) -> str:
        lists: list[str] = []
        for item in node.expressions:
            text, kind = self.sql(item), kind_of(item)
            if kind.name == "map":
                lists += [f"map_keys({text})", f"map_values({text})"]
            elif kind.parts[0].name == "row":
                fields = enumerate(kind.parts[0].fields, 1)
                places = [quoted(f) if f else str(i) for i, f in fields]
                lists += [f"list_transform({text}, lambda r: r[{p}])" for p in places]
            else:
                lists.append(text)
        alias = node.args.get("alias")
        names = [c.name for c in alias.columns] if alias else []
        offset = node.args.get("offset")
        if isinstance(offset, exp.Identifier):
            names.append(offset.name)
        names += [f"_col{i}" for i in range(len(names), len(lists) + bool(offset))]
        shown = [f'z.z[{i}] AS "{n}"' for i, n in enumerate(names[: len(lists)], 1)]
        title = f' AS "{alias.name}"' if alias and alias.name else ""
        zipped = f"list_zip({', '.join(lists)})"
        # Only without the numbers does DuckDB move filters down through it, as Trino does.
        source = f"(SELECT UNNEST({zipped}) AS z) AS z"
        if offset:
            shown.append(f'z.i AS "{names[len(lists)]}"')
            source = f"UNNEST({zipped}) WITH ORDINALITY AS z(z, i)"
        return f"(SELECT {', '.join(shown)} FROM {source}){title}"

    def lambda_text(self, node: exp.Lambda) -> str:
        names = [p.name for p in node.expressions]
        hidden = {n: self.bound.pop(n) for n in names if n in self.bound}
        text = f"lambda {', '.join(names)}: {self.sql(node.this)}"
        self.bound.update(hidden)
        return text

    def with_bound(self, node: exp.Expr, *texts: str) -> str:
        """Write a lambda's body with its parameters replaced."""
        names = [p.name for p in node.expressions]
        before = dict(self.bound)
        self.bound.update(zip(names, texts, strict=True))
        body = self.sql(node.this)
        self.bound = before
        return body

    def named(self, node: exp.Identifier) -> str:
        if node.name in self.bound and not isinstance(
            node.parent, exp.Column | exp.Alias | exp.Dot
        ):
            return self.bound[node.name]
        return '"' + node.name.replace('"', '""') + '"'

    def column(self, node: exp.Column) -> str:
        if isinstance(node.this, exp.Star):
            return f'"{node.table}".*'
        if not node.table and node.name in self.bound:
            return self.bound[node.name]
        if "field_of" in node.meta:
            holder = ".".join('"' + p + '"' for p in node.meta["field_of"])
            return f"({holder})[{quoted(node.name)}]"
        parts = [p for p in (node.table, node.name) if p]
        return ".".join('"' + p.replace('"', '""') + '"' for p in parts)

    def cast(self, node: exp.Cast) -> str:
        target: Type = node.meta["target"]
        tries = isinstance(node, exp.TryCast)
        return cast_text(self.sql(node.this), kind_of(node.this), target, tries)

    def dotted(self, node: exp.Dot) -> str:
        return f"({self.sql(node.this)})[{quoted(node.expression.name.lower())}]"

    def interval(self, node: exp.Interval) -> str:
        return f"INTERVAL {quoted(node.this.name)} {node.text('unit').upper()}"

    TRANSFORMS: ClassVar[dict[Any, Any]] = {
        **DuckDBGenerator.TRANSFORMS,
        exp.Anonymous: call, exp.Window: windowed, exp.Filter: decorated, exp.Div: divided,
        exp.Add: summed, exp.Sub: summed, exp.Bracket: subscript, exp.Unnest: unnested,
        exp.Lambda: lambda_text, exp.Identifier: named, exp.Column: column, exp.Cast: cast,
        exp.TryCast: cast, exp.Dot: dotted, exp.Interval: interval,
        exp.Array: lambda self, n: f"[{', '.join(self.sql(a) for a in n.expressions)}]",
        exp.Tuple: lambda self, n: f"({', '.join(self.sql(a) for a in n.expressions)})",
        exp.DPipe: lambda self, n: f"({self.sql(n.left)} || {self.sql(n.right)})",
        exp.Mod: lambda self, n: f"({self.sql(n.left)} % {self.sql(n.right)})",
        exp.Mul: lambda self, n: f"({self.sql(n.left)} * {self.sql(n.right)})",
        exp.Neg: lambda self, n: f"(-{self.sql(n.this)})",
        exp.HexString: lambda self, n: f"unhex({quoted(n.name)})",
        exp.If: lambda self, n: self.if_text(n),
        exp.Literal: lambda self, n: self.literal_text(n),
        exp.Like: lambda self, n: f"{self.sql(n.this)} LIKE {self.sql(n.expression)}",
        exp.Escape: lambda self, n: f"({self.sql(n.this)} ESCAPE {self.sql(n.expression)})",
    }  # fmt: skip

    def if_text(self, node: exp.If) -> str:
        if isinstance(node.parent, exp.Case):
            return f"WHEN {self.sql(node.this)} THEN {self.sql(node.args['true'])}"
        other = self.sql(node, "false") or "NULL"
        return (
            f"CASE WHEN {self.sql(node.this)} THEN {self.sql(node.args['true'])} ELSE {other} END"
        )

    def literal_text(self, node: exp.Literal) -> str:
        if node.is_string:
            return f"CAST({quoted(node.name)} AS VARCHAR)" if _bare(node) else quoted(node.name)
        return f"CAST({node.name} AS DOUBLE)" if kind_of(node) == DOUBLE else node.name


def _bare(node: exp.Literal) -> bool:
    # DuckDB turns a bare literal into whatever stands beside it; Trino's is a varchar.
    return not isinstance(
        node.parent, exp.Interval | exp.Escape | exp.EQ | exp.NEQ | exp.In | exp.Like
    )


_MARK = re.compile(r"\$(\d+) @ZONE|@ZONE|\$(\d+)|\$\*|\$\|\|")


def _expand(match: Match, texts: list[str], kinds: list[Type], around: str, inside: str) -> str:
    def zone() -> str:
        instants = [k for k in kinds if k.name == INSTANT.name]
        return zone_literal(instants[0]) if instants else "'UTC'"

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return f"timezone({zone()}, {texts[int(found[1]) - 1]})"
        if found[2]:
            return texts[int(found[2]) - 1]
        if found[0] == "@ZONE":
            return zone()
        return (", " if found[0] == "$*" else " || ").join(texts)

    template = match.overload.text
    if "OVER(" not in template:
        return _MARK.sub(one, template)
    out, rest = "", template
    while "OVER(" in rest:
        before, _, rest = rest.partition("OVER(")
        depth, end = 1, 0
        while depth:
            depth += (rest[end] == "(") - (rest[end] == ")")
            end += 1
        inner = _MARK.sub(one, rest[: end - 1])
        out += _MARK.sub(one, before) + inner[:-1] + inside + ")" + around
        rest = rest[end:]
    return out + _MARK.sub(one, rest)


def _average(kind: Type) -> str:
    total = f"CAST(OVER(sum($1)) * {10 ** kind.numbers[1]} AS HUGEINT)"
    whole = f"t_divide({total}, CAST(OVER(count($1)) AS HUGEINT), CAST(1 AS HUGEINT))"
    return _scaled(whole, kind)


def _scaled(whole: str, kind: Type) -> str:
    """Write a whole number of a decimal type's smallest units as that type."""
    scale = kind.numbers[1]
    unit = f"CAST({10.0**-scale:.{max(scale, 1)}f} AS DECIMAL(38, {scale}))"
    return f"CAST(CAST({whole} AS DECIMAL(38, 0)) * {unit} AS {to_duckdb(kind)})"


def _reduce(self: _Generator, given: list[exp.Expr], match: Match) -> str:
    items, start, step, finish = given
    state = f"CAST({self.sql(start)} AS {to_duckdb(kind_of(step.this))})"
    folded = f"list_reduce({self.sql(items)}, {self.sql(step)}, {state})"
    return self.with_bound(finish, folded)


def _entries(template: str) -> Callable[[_Generator, list[exp.Expr], Match], str]:
    def write(self: _Generator, given: list[exp.Expr], _match: Match) -> str:
        body = self.with_bound(given[1], "e.key", "e.value")
        return template.format(map=self.sql(given[0]), body=body)

    return write


_SPECIAL: dict[str, Callable[[_Generator, list[exp.Expr], Match], str]] = {
    "t_reduce": _reduce,
    "t_map_filter": _entries("map_from_entries(list_filter(map_entries({map}), lambda e: {body}))"),
    "t_transform_values": _entries(
        "map(map_keys({map}), list_transform(map_entries({map}), lambda e: {body}))"
    ),
    "t_transform_keys": _entries(
        "map(list_transform(map_entries({map}), lambda e: {body}), map_values({map}))"
    ),
}


def write(tree: exp.Expr) -> str:
    """Spell a typed statement for DuckDB."""
    text: str = _Generator(dialect="duckdb", identify=True).generate(tree, copy=False)
    return text
