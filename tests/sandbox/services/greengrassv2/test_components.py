"""Versions of components: of a recipe and of artifacts that the caller can read, once."""

import base64
import hashlib
import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def greengrass(contract):
    return contract("greengrassv2")


@pytest.fixture
def artifact(sandbox, unique):
    """Put a file; gives its address and content."""
    s3, bucket = sandbox.client("s3"), unique("artifacts")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="net/detector.onnx", Body=b"weights")
    yield f"s3://{bucket}/net/detector.onnx", b"weights"
    s3.delete_object(Bucket=bucket, Key="net/detector.onnx")
    s3.delete_bucket(Bucket=bucket)


def recipe(name, version="1.0.0", uri=None, **more):
    manifest = {
        "Platform": {"os": "linux", "runtime": "*"},
        "Lifecycle": {"run": "true"},
        "Artifacts": [{"Uri": uri}] if uri else [],
    }
    said = {
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": name,
        "ComponentVersion": version,
        "ComponentPublisher": "us",
        "Manifests": [manifest],
    }
    return json.dumps({**said, **more}).encode()


def test_a_version_is_what_its_recipe_says_with_the_digests_of_its_artifacts(
    greengrass, unique, artifact
):
    uri, content = artifact
    name = unique("com.example.birds")
    made = greengrass.create_component_version(
        inlineRecipe=recipe(name, uri=uri), tags={"stage": "test"}
    )
    assert (made["componentName"], made["componentVersion"]) == (name, "1.0.0")
    arn = made["arn"]
    assert arn.endswith(f":components:{name}:versions:1.0.0")
    described = greengrass.describe_component(arn=arn)
    assert described["status"]["componentState"] == "DEPLOYABLE"
    assert described["platforms"] == [{"attributes": {"os": "linux", "runtime": "*"}}]
    assert described["tags"] == {"stage": "test"}
    kept = json.loads(greengrass.get_component(arn=arn)["recipe"])
    (found,) = kept["Manifests"][0]["Artifacts"]
    assert found["Algorithm"] == "SHA-256"
    assert base64.b64decode(found["Digest"]) == hashlib.sha256(content).digest()


def test_a_version_is_made_once_and_another_stands_beside_it(greengrass, unique):
    name = unique("com.example.birds")
    first = greengrass.create_component_version(inlineRecipe=recipe(name), clientToken="a" * 40)
    again = greengrass.create_component_version(inlineRecipe=recipe(name), clientToken="a" * 40)
    assert again["arn"] == first["arn"]
    with pytest.raises(greengrass.exceptions.ConflictException, match="already exists"):
        greengrass.create_component_version(inlineRecipe=recipe(name))
    second = greengrass.create_component_version(inlineRecipe=recipe(name, "1.0.1"))
    whole = first["arn"].partition(":versions:")[0]
    told = greengrass.list_component_versions(arn=whole)["componentVersions"]
    assert [each["componentVersion"] for each in told] == ["1.0.1", "1.0.0"]
    pages = greengrass.get_paginator("list_components").paginate(PaginationConfig={"PageSize": 1})
    (mine,) = [each for page in pages for each in page["components"] if each["arn"] == whole]
    assert mine["latestVersion"]["arn"] == second["arn"]
    greengrass.delete_component(arn=first["arn"])
    with pytest.raises(greengrass.exceptions.ResourceNotFoundException):
        greengrass.describe_component(arn=first["arn"])


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (b"RecipeFormatVersion: '2020-01-25'", "no YAML"),
        (b"[]", "no object"),
        (recipe("birds", RecipeFormatVersion="2021-01-01"), "allowed: '2020-01-25'"),
        (recipe("birds", "1.0"), "ComponentVersion is '1.0'"),
        (recipe("b i r d"), "ComponentName is 'b i r d'"),
        (recipe("aws.birds"), "AWS's own"),
        (recipe("birds", Manifests={}), "no list Manifests"),
        (recipe("birds", uri="https://example.com/a.zip"), "allowed: s3://<bucket>/<key>"),
        (recipe("birds", uri="s3://there-is-none/a.zip"), "NoSuchBucket"),
    ],
)
def test_a_recipe_that_aws_would_not_take_is_refused_with_why(greengrass, said, says):
    with pytest.raises(greengrass.exceptions.ValidationException) as refused:
        greengrass.create_component_version(inlineRecipe=said)
    assert says in str(refused.value)


def test_who_may_not_read_an_artifact_makes_no_component_of_it(sandbox, unique, artifact, as_role):
    name = unique("com.example.birds")
    made = as_role({"Effect": "Allow", "Action": "greengrass:*", "Resource": "*"})("greengrassv2")
    with pytest.raises(ClientError, match="s3:GetObject"):
        made.create_component_version(inlineRecipe=recipe(name, uri=artifact[0]))


def test_a_right_is_asked_for_on_the_component_that_is_named(greengrass, unique, as_role):
    mine, other = unique("com.example.mine"), unique("com.example.other")
    arns = {
        name: greengrass.create_component_version(inlineRecipe=recipe(name))["arn"]
        for name in (mine, other)
    }
    look = {"Effect": "Allow", "Action": "greengrass:DescribeComponent", "Resource": arns[mine]}
    reader = as_role(look)("greengrassv2")
    assert reader.describe_component(arn=arns[mine])["componentName"] == mine
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.describe_component(arn=arns[other])


def test_what_is_not_carried_out_is_refused_by_its_name(greengrass):
    with pytest.raises(ClientError, match="Greengrass does not have GET"):
        greengrass.list_core_devices()
