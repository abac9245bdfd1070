"""That an injected error reads as the service's own, in every protocol that AWS speaks."""

import botocore.session
import pytest
from botocore.parsers import create_parser

from sandbox.core import error_replies

SESSION = botocore.session.get_session()


@pytest.mark.parametrize(
    ("service", "operation", "headers"),
    [
        ("s3", "GetObject", {}),
        ("sns", "Publish", {"content-type": "application/x-www-form-urlencoded"}),
        ("iam", "GetRole", {"content-type": "application/x-www-form-urlencoded"}),
        ("ec2", "DescribeVpcs", {"content-type": "application/x-www-form-urlencoded"}),
        ("dynamodb", "GetItem", {"content-type": "application/x-amz-json-1.0"}),
        ("rekognition", "DetectFaces", {"content-type": "application/x-amz-json-1.1"}),
        ("sqs", "SendMessage", {"content-type": "application/x-amz-json-1.0"}),
        ("lambda", "Invoke", {}),
        ("route53", "GetChange", {}),
    ],
)
def test_an_error_is_read_by_the_sdk_as_meant(service, operation, headers):
    status, reply, body = error_replies.error(service, headers, "Oops", "on <purpose>", 503)
    model = SESSION.get_service_model(service)
    response = {"status_code": status, "headers": reply, "body": body}
    shape = model.operation_model(operation).output_shape
    parsed = create_parser(model.metadata["protocol"]).parse(response, shape)
    assert parsed["Error"]["Code"] == "Oops"
    assert parsed["Error"]["Message"] == "on <purpose>"
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_an_error_is_cbor_where_the_question_was():
    headers = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
    status, reply, body = error_replies.error("monitoring", headers, "Oops", "on purpose", 400)
    response = {"status_code": status, "headers": reply, "body": body}
    shape = SESSION.get_service_model("cloudwatch").operation_model("PutMetricData").output_shape
    parsed = create_parser("smithy-rpc-v2-cbor").parse(response, shape)
    assert parsed["Error"]["Code"] == "Oops"
