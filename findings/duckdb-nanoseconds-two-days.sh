#!/usr/bin/env bash
# duckdb 2.0.0: one TIMESTAMP_NS lies on two days.
#
# Guess: a moment before midnight is on the day before, whichever function is asked; what is finer than
#        a microsecond is cut off where it does not fit.
# Seen:  it is rounded by all that goes by way of TIMESTAMP: `day`, `hour`, `date_trunc`, `time_bucket`,
#        `epoch_us` and the cast to DATE put the last half microsecond of a day into the next one. Comparing,
#        `strftime` and the way by text do not. A row is before midnight to a filter and after it to
#        GROUP BY. `make_timestamp(epoch_ns(…) // 1000)` cuts.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0
"$tmp/venv/bin/python" >"$tmp/seen" <<'PY'
import duckdb

connection = duckdb.connect()
connection.execute("CREATE TABLE visits AS SELECT TIMESTAMP_NS '2026-01-01 23:59:59.999999500' AS moment")
for expression in (
    "moment < DATE '2026-01-02'",
    "moment < TIMESTAMP '2026-01-02'",
    "strftime(moment, '%Y-%m-%d')",
    "moment::VARCHAR::TIMESTAMP",
    "make_timestamp(epoch_ns(moment) // 1000)",
    "moment::DATE",
    "moment::TIMESTAMP",
    "date_trunc('day', moment)",
    "time_bucket(INTERVAL 1 DAY, moment)",
    "make_timestamp(epoch_us(moment))",
    "day(moment)",
    "hour(moment)",
):
    [(value,)] = connection.execute(f"SELECT ({expression})::VARCHAR FROM visits").fetchall()
    print(expression, "->", value)
PY
diff "$tmp/seen" - <<'SEEN'
moment < DATE '2026-01-02' -> true
moment < TIMESTAMP '2026-01-02' -> true
strftime(moment, '%Y-%m-%d') -> 2026-01-01
moment::VARCHAR::TIMESTAMP -> 2026-01-01 23:59:59.999999
make_timestamp(epoch_ns(moment) // 1000) -> 2026-01-01 23:59:59.999999
moment::DATE -> 2026-01-02
moment::TIMESTAMP -> 2026-01-02 00:00:00
date_trunc('day', moment) -> 2026-01-02 00:00:00
time_bucket(INTERVAL 1 DAY, moment) -> 2026-01-02 00:00:00
make_timestamp(epoch_us(moment)) -> 2026-01-02 00:00:00
day(moment) -> 2
hour(moment) -> 0
SEEN
echo "as stated"
