#!/usr/bin/env bash
# parliament 1.6.4: resource types that are alternatives are all demanded.
#
# Guess: an action that takes one of several resource types is fine once one of them matches.
# Seen:  RESOURCE_MISMATCH for each type that the statement does not name. DescribeExecution on a
#        standard execution misses "express"; Decrypt on a key is fine, as it has one type only.
#        A linter that fails on the finding refuses a policy that is right and as narrow as it can be.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check parliament==1.6.4 "setuptools<81"
"$tmp/venv/bin/python" -W ignore - >"$tmp/seen" <<'PY'
import json

from parliament import analyze_policy_string


def findings(action: str, resource: str) -> list[str]:
    arn = ":".join(["arn", "aws", action.partition(":")[0], "eu-west-1", "*", resource])
    statement = {"Effect": "Allow", "Action": action, "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    found = analyze_policy_string(json.dumps(policy)).findings
    return sorted(f"{f.issue} {row['required_format']}" for f in found for row in f.detail)


print("DescribeExecution", findings("states:DescribeExecution", "execution:chain:*"))
print("Decrypt", findings("kms:Decrypt", "key/*"))
PY
diff "$tmp/seen" - <<'SEEN'
DescribeExecution ['RESOURCE_MISMATCH arn:*:states:*:*:express:*:*:*']
Decrypt []
SEEN
echo "as stated"
