"""AWS's models stay as they are read, whatever clients do with theirs."""

import botocore.config
import botocore.exceptions
import pytest

from sandbox.core import service_models


def test_a_client_changes_no_model_that_others_read():
    path = service_models.model("s3").operation_model("PutObject").http["requestUri"]
    assert path.startswith("/{Bucket}/")
    client = service_models.session().create_client(
        "s3",
        "us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 (nobody's)
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        client.put_object(Bucket="somebody", Key="k", Body=b"")
    assert service_models.model("s3").operation_model("PutObject").http["requestUri"] == path
