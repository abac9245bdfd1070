"""Requests of REST services find their operation and members by AWS's own model."""

import json

import pytest

from sandbox.core.emulator import ServiceError
from sandbox.core.rest_json import Routes

ARN = "arn:aws:greengrass:us-east-1:000000000000:components:birds:versions:1.0.0"
GREENGRASS = Routes(
    "greengrassv2",
    "Greengrass",
    ["GetComponent", "ListComponentVersions", "GetComponentVersionArtifact", "ListDeployments"],
)
COMPONENTS = "/greengrass/v2/components"


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        (f"{COMPONENTS}/{ARN}", {}, ("GetComponent", {"arn": ARN})),
        (
            f"{COMPONENTS}/{ARN.replace(':', '%3A')}",
            {"recipeOutputFormat": ["JSON"]},
            ("GetComponent", {"arn": ARN, "recipeOutputFormat": "JSON"}),
        ),
        (
            f"{COMPONENTS}/birds/versions",
            {"maxResults": "7"},
            ("ListComponentVersions", {"arn": "birds", "maxResults": 7}),
        ),
        (
            f"{COMPONENTS}/birds/artifacts/net/detector.onnx",
            {},
            ("GetComponentVersionArtifact", {"arn": "birds", "artifactName": "net/detector.onnx"}),
        ),
        (
            "/greengrass/v2/deployments",
            {"maxResults": "many", "other": "x"},
            ("ListDeployments", {"maxResults": "many"}),
        ),
    ],
)
def test_members_are_read_where_the_model_says_that_they_travel(path, query, found):
    assert GREENGRASS.request("GET", path, b"", query) == found


def test_members_of_a_body_are_those_that_the_model_knows():
    polly = Routes("polly", "Polly", ["StartSpeechSynthesisTask"])
    body = json.dumps({"Text": "a wren", "VoiceId": None, "Volume": 11})
    asked = polly.request("POST", "/v1/synthesisTasks", body, {})
    assert asked == ("StartSpeechSynthesisTask", {"Text": "a wren"})


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_is_not_served_is_refused_with_what_is(method):
    with pytest.raises(ServiceError, match=f"does not have {method} .*; it has GetComponent, "):
        GREENGRASS.request(method, f"{COMPONENTS}/{ARN}", b"", {})


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(ServiceError, match="the body is not"):
        GREENGRASS.request("GET", f"{COMPONENTS}/{ARN}", body, {})
