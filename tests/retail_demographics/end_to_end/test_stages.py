"""Two stages live side by side; what is left when one goes depends on both deletion keys."""

import pytest

from fixtures.faces import draw_frame

STAGE = {"stage": "prod"}
NAME = "RetailDemographics-prod"
FRAME = draw_frame(5, faces=1, size=(320, 240), format="jpeg").image


def put_a_frame(sandbox, outputs):
    """Leave something in both buckets, of several versions."""
    s3 = sandbox.client("s3")
    for bucket in (outputs["FramesBucketName"], outputs["ResultsBucketName"]):
        for _ in range(2):
            s3.put_object(Bucket=bucket, Key="no layout.jpg", Body=FRAME)


@pytest.mark.parametrize("both_keys", [True, False], ids=["both keys", "no key"])
def test_a_stage_beside_another_goes_and_leaves_what_it_should(shop, inventory, both_keys):
    sandbox = shop.sandbox
    before = inventory()
    keys = {f"removal.{k}": "true" for k in ("data_is_disposable", "destroy_deletes_data")}
    context = {**STAGE, **(keys if both_keys else {})}
    outputs = sandbox.deploy("RetailDemographics", context=context)[NAME]
    assert outputs["DatabaseName"] != shop.outputs["DatabaseName"]
    assert set(outputs) == set(shop.outputs), "an output has one name in every stage"
    put_a_frame(sandbox, outputs)
    sandbox.destroy("RetailDemographics", context=context)

    left = inventory() - before
    if both_keys:
        assert not left
        return
    assert {kept.split()[0] for kept in left} == {"bucket", "key"}
    buckets = {kept.split()[1] for kept in left}
    assert buckets >= {outputs["FramesBucketName"], outputs["ResultsBucketName"]}
    versions = sandbox.client("s3").list_object_versions(Bucket=outputs["ResultsBucketName"])
    assert len(versions["Versions"]) >= 2, "data and its history stay"
