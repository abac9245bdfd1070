#!/usr/bin/env bash
# asl-validator 4.0.0 (npm): numbers of a Retry, and a heartbeat beyond its timeout, are not judged.
#
# Guess: it refuses what the Amazon States Language forbids: BackoffRate below 1, IntervalSeconds
#        of 0, HeartbeatSeconds not smaller than TimeoutSeconds. It does refuse both Seconds and
#        Timestamp in one Wait.
# Seen:  all three are valid to it; CreateStateMachine is the first to say no.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --silent --no-audit --no-fund --prefix "$tmp" asl-validator@4.0.0
cd "$tmp"
cat >look.cjs <<'JS'
const validate = require("asl-validator");
const machine = (state) => ({ StartAt: "A", States: { A: { ...state, End: true } } });
const task = { Type: "Task", Resource: ["arn", "aws", "states", "", "", "lambda", "invoke"].join(":") };
const retry = (numbers) => ({ ...task, Retry: [{ ErrorEquals: ["States.ALL"], ...numbers }] });
const look = (what, state) => console.log(what, validate(machine(state)).isValid);
look("backoff of a half", retry({ BackoffRate: 0.5 }));
look("interval of 0", retry({ IntervalSeconds: 0 }));
look("heartbeat beyond the timeout", { ...task, TimeoutSeconds: 5, HeartbeatSeconds: 10 });
look("two lengths of a wait", { Type: "Wait", Seconds: 1, Timestamp: "2026-01-01T00:00:00Z" });
JS
node look.cjs >seen
diff seen - <<'SEEN'
backoff of a half true
interval of 0 true
heartbeat beyond the timeout true
two lengths of a wait false
SEEN
echo "as stated"
