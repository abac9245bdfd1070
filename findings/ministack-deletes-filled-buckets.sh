#!/usr/bin/env bash
# ministack 1.5.33: deleting a stack deletes a bucket that is not empty.
#
# Guess: CloudFormation fails with BucketNotEmpty, as it does on AWS, and DELETE_FAILED names the bucket.
# Seen:  DeleteBucket itself is refused, yet the deletion of the stack succeeds and the objects are gone.
#        A test of "destroy keeps what holds data" passes there for the wrong reason, and one of a
#        custom resource that empties the bucket passes without the resource.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106
port=$("$tmp/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$tmp"
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 venv/bin/python -m ministack >server.log 2>&1 &
server=$!
venv/bin/python - "$port" >seen <<'PY'
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = {
    "endpoint_url": f"http://127.0.0.1:{sys.argv[1]}",
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
cloudformation = boto3.client("cloudformation", config=Config(retries={"total_max_attempts": 20}), **ENDPOINT)
s3 = boto3.client("s3", **ENDPOINT)
template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "visits"}}}}
cloudformation.create_stack(StackName="shop", TemplateBody=json.dumps(template))
cloudformation.get_waiter("stack_create_complete").wait(StackName="shop", WaiterConfig={"Delay": 1})
s3.put_object(Bucket="visits", Key="day.csv", Body=b"door,people\n")
try:
    s3.delete_bucket(Bucket="visits")
except ClientError as error:
    print("DeleteBucket:", error.response["Error"]["Code"])
stack = cloudformation.describe_stacks(StackName="shop")["Stacks"][0]["StackId"]
cloudformation.delete_stack(StackName="shop")
while (status := cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]) == "DELETE_IN_PROGRESS":
    time.sleep(0.5)
print("DeleteStack:", status)
print("buckets left:", len(s3.list_buckets()["Buckets"]))
PY
diff seen - <<'SEEN'
DeleteBucket: BucketNotEmpty
DeleteStack: DELETE_COMPLETE
buckets left: 0
SEEN
echo "as stated"
