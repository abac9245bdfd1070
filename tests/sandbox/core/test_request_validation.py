"""Requests are held against AWS's models, whose patterns are Java's."""

import re

import pytest

from sandbox.core import request_validation, service_models


@pytest.mark.parametrize("service", ["sagemaker", "glue", "transcribe", "firehose"])
def test_every_pattern_of_a_model_is_understood(service):
    model = service_models.model(service)
    patterns = {model.shape_for(name).metadata.get("pattern") for name in model.shape_names}
    for pattern in filter(None, patterns):
        re.compile(request_validation._python(pattern))


@pytest.mark.parametrize(
    ("key", "fits"),
    [("team", True), ("Zürich/1 x", True), ("a@b=c+d:e", True), ("a!", False), ("a*", False)],
)
def test_a_tag_may_hold_letters_of_any_language_and_few_signs(key, fits):
    request = {"ModelPackageGroupName": "a", "Tags": [{"Key": key, "Value": "x"}]}
    found = request_validation.violations("sagemaker", "CreateModelPackageGroup", request)
    assert (not found) == fits
