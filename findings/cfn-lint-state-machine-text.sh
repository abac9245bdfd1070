#!/usr/bin/env bash
# cfn-lint 1.58.0, E3601: state machines that AWS takes are errors.
#
# Guess: a definition is judged after DefinitionSubstitutions and Fn::Sub, for every partition, and in
#        JSONata a number may be an expression, as the language's specification says.
# Seen:  the pattern of a task's resource spells the partition `aws`: AWS's own `aws-cn` and a placeholder
#        of DefinitionSubstitutions are errors, and so is `TimeoutSeconds: "{% … %}"`. With Fn::Sub the
#        same text passes. Who wants one definition for all partitions by substitutions must ignore
#        E3601, and with it everything else that the rule finds.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0
cd "$tmp"
cat >write.py <<'PY'
import json

READ = {"Type": "Task", "Resource": "arn:PARTITION:states:::aws-sdk:s3:listBuckets", "End": True}
ROLE = {"Type": "String"}


def text(**state):
    machine = {"QueryLanguage": "JSONata", "StartAt": "Read", "States": {"Read": READ | state}}
    return json.dumps(machine)


def write(name, partition, **properties):
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": {"Ref": "Role"}, **properties},
    }
    template = json.dumps({"Parameters": {"Role": ROLE}, "Resources": {"Machine": machine}})
    with open(f"{name}.json", "w") as file:
        file.write(template.replace("PARTITION", partition))


substitutions = {"DefinitionSubstitutions": {"Partition": {"Ref": "AWS::Partition"}}}
write("literal", "aws", DefinitionString=text())
write("china", "aws-cn", DefinitionString=text())
write("substituted", "${Partition}", DefinitionString=text(), **substitutions)
write("sub", "${AWS::Partition}", DefinitionString={"Fn::Sub": text()})
write("expression", "aws", DefinitionString=text(TimeoutSeconds="{% 5 %}"))
states = json.loads(text())
states["States"]["Read"]["Resource"] = {"Fn::Sub": READ["Resource"]}
write("object", "${AWS::Partition}", Definition=states)
PY
"$tmp/venv/bin/python" write.py
for name in literal china substituted sub expression object; do
  echo "$name" "$("$tmp/venv/bin/cfn-lint" --format parseable "$name.json" 2>&1 | cut -d: -f6 | sort | uniq | xargs)"
done >seen
sed -i 's/ *$//' seen
diff seen - <<'SEEN'
literal
china E3601
substituted E3601
sub
expression E3601
object
SEEN
echo "as stated"
