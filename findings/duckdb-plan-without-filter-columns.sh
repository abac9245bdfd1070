#!/usr/bin/env bash
# duckdb 2.0.0, EXPLAIN (FORMAT JSON): the columns that a query reads.
#
# Guess: together, the `Projections` of the scans name each column that a query reads.
# Seen:  they name what leaves a scan. A column that only a pushed-down filter needs is in the text of
#        `Filters` alone; with `IN` it is in both. That text is no SQL (`optional: `), one column is a text and
#        several are a list, a field of a struct is named with a dot like a column of a table. Whoever
#        loads the columns that a plan names lacks the one that decides which rows count.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0
cd "$tmp"
venv/bin/python >seen <<'PY'
import json

import duckdb

connection = duckdb.connect()
connection.execute(
    "COPY (SELECT i AS people, i % 10 AS door, {'x': i, 'y': i} AS side FROM range(10000) t(i)) TO 'visits.parquet'"
)


def scans(nodes):
    for node in nodes:
        if node["name"] == "PARQUET_SCAN":
            yield node["extra_info"]
        yield from scans(node["children"])


for query in (
    "SELECT people FROM visits",
    "SELECT people FROM visits WHERE door = 3",
    "SELECT people, door FROM visits WHERE door = 3",
    "SELECT people FROM visits WHERE door IN (1, 3)",
    "SELECT side.x FROM visits WHERE side.y = 3",
    "SELECT count(*) FROM visits WHERE door = 3",
):
    text = f"EXPLAIN (FORMAT JSON) {query.replace('visits', repr('visits.parquet'))}"
    [(_, plan)] = connection.execute(text).fetchall()
    for scan in scans(json.loads(plan)):
        print(query, json.dumps(scan["Projections"]), json.dumps(scan.get("Filters")), sep=" | ")
PY
diff seen - <<'SEEN'
SELECT people FROM visits | "people" | null
SELECT people FROM visits WHERE door = 3 | "people" | "(door = 3)"
SELECT people, door FROM visits WHERE door = 3 | ["door", "people"] | "(door = 3)"
SELECT people FROM visits WHERE door IN (1, 3) | ["door", "people"] | "optional: (door IN (1, 3))"
SELECT side.x FROM visits WHERE side.y = 3 | ["side.x", "side.y"] | "(side.y = 3)"
SELECT count(*) FROM visits WHERE door = 3 | "" | "(door = 3)"
SEEN
echo "as stated"
