"""The registry: versions that never come again, approval that is told, groups that keep."""

import json

import pytest

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


@pytest.fixture
def group(sagemaker, unique):
    name = unique("Visits")
    sagemaker.create_model_package_group(
        ModelPackageGroupName=name, ModelPackageGroupDescription="models of visits: who buys?"
    )
    return name


@pytest.fixture
def register(sagemaker, group, put):
    """Register a model in the test's group; gives the ARN of its package."""

    def make(**more):
        model = f"{put(**{'model.tar.gz': 'x'})}/model.tar.gz"
        request = {
            "ModelPackageGroupName": group,
            "InferenceSpecification": {
                "Containers": [{"Image": IMAGE, "ModelDataUrl": model}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            **more,
        }
        return sagemaker.create_model_package(**request)["ModelPackageArn"]

    return make


def test_versions_count_up_and_none_comes_again(sagemaker, group, register, account):
    first, second = register(), register()
    assert first.endswith(f":{account}:model-package/{group.lower()}/1")
    assert second.endswith("/2")
    sagemaker.delete_model_package(ModelPackageName=second)
    assert register().endswith("/3")
    listed = sagemaker.list_model_packages(ModelPackageGroupName=group, MaxResults=1)
    assert [each["ModelPackageVersion"] for each in listed["ModelPackageSummaryList"]] == [3]
    rest = sagemaker.list_model_packages(ModelPackageGroupName=group, NextToken=listed["NextToken"])
    assert [each["ModelPackageVersion"] for each in rest["ModelPackageSummaryList"]] == [1]


def test_a_package_waits_for_approval_which_is_told(sagemaker, group, register, events):
    arn = register(CustomerMetadataProperties={"snapshot": "1"})
    seen = events(lambda event: event["detail"].get("ModelPackageArn") == arn)
    assert seen["detail-type"] == "SageMaker Model Package State Change"
    assert seen["detail"]["ModelApprovalStatus"] == "PendingManualApproval"
    assert seen["detail"]["ModelPackageGroupName"] == group
    assert "UpdatedModelPackageFields" not in seen["detail"]
    sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="as good"
    )
    approved = events(
        lambda event: (
            event["detail"].get("ModelPackageArn") == arn
            and event["detail"]["ModelApprovalStatus"] == "Approved"
        )
    )
    assert approved["resources"] == [arn]
    changed = approved["detail"]["UpdatedModelPackageFields"]
    assert changed == ["ModelApprovalStatus", "ApprovalDescription"]
    shown = sagemaker.describe_model_package(ModelPackageName=arn)
    assert shown["ModelApprovalStatus"] == "Approved"
    assert shown["InferenceSpecification"]["Containers"][0]["ImageDigest"].startswith("sha256:")
    wanted = {"ModelPackageGroupName": group, "ModelApprovalStatus": "Approved"}
    assert len(sagemaker.list_model_packages(**wanted)["ModelPackageSummaryList"]) == 1
    sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"by": "us"},
        CustomerMetadataPropertiesToRemove=["snapshot"],
    )
    shown = sagemaker.describe_model_package(ModelPackageName=arn)
    assert shown["CustomerMetadataProperties"] == {"by": "us"}


def test_one_token_registers_one_version(register):
    assert register(ClientToken="once-and-never-more") == register(
        ClientToken="once-and-never-more"
    )


def test_a_group_with_packages_stays(sagemaker, group, register, refused):
    arn = register()
    code, message = refused(sagemaker.delete_model_package_group, ModelPackageGroupName=group)
    assert (code, "it contains 1 Model Packages" in message) == ("ConflictException", True)
    sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    named = {"ModelPackageGroupName": group}
    assert "does not exist" in refused(sagemaker.describe_model_package_group, **named)[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ModelPackageGroupName": "none"}, "model-package-group/none does not exist"),
        ({"CertifyForMarketplace": True}, "certifies no package"),
        (
            {"InferenceSpecification": {
                "Containers": [{"Image": IMAGE.replace("3.0-5", "9.0-1")}]}},
            "which has xgboost-cpu 9.0.1",
        ),
        (
            {"InferenceSpecification": {
                "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://none/model.tar.gz"}]}},
            "Could not find model data at s3://none/model.tar.gz.",
        ),
        (
            {"ModelCard": {"ModelCardContent": '{"other": 1}', "ModelCardStatus": "Draft"}},
            "ModelCardContent has other; allowed: model_overview",
        ),
        (
            {"ValidationSpecification": {"ValidationRole": "arn:aws:iam::000000000000:role/r",
                                         "ValidationProfiles": []}},
            "does not carry out ValidationSpecification of CreateModelPackage",
        ),
    ],
    ids=["no-group", "market", "release", "no-model", "card", "validation"],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_name(register, refused, change, said):
    code, message = refused(register, **change)
    assert code == "ValidationException"
    assert said in message


def test_a_card_goes_with_its_package(sagemaker, register):
    content = json.dumps({"model_overview": {"model_name": "visits"}})
    arn = register(ModelCard={"ModelCardContent": content, "ModelCardStatus": "Draft"})
    sagemaker.update_model_package(ModelPackageArn=arn, ModelCard={"ModelCardStatus": "Approved"})
    card = sagemaker.describe_model_package(ModelPackageName=arn)["ModelCard"]
    assert card == {"ModelCardContent": content, "ModelCardStatus": "Approved"}


def test_who_approves_may_be_kept_from_approving(register, as_role, refused):
    arn = register()
    rejects = as_role(
        {
            "Effect": "Allow",
            "Action": "sagemaker:UpdateModelPackage",
            "Resource": arn,
            "Condition": {"StringEquals": {"sagemaker:ModelApprovalStatus": "Rejected"}},
        }
    )("sagemaker")
    approve = {"ModelPackageArn": arn, "ModelApprovalStatus": "Approved"}
    assert refused(rejects.update_model_package, **approve)[0] == "AccessDeniedException"
    rejects.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")


def test_tags_are_kept_by_arn(sagemaker, group, refused):
    arn = sagemaker.describe_model_package_group(ModelPackageGroupName=group)[
        "ModelPackageGroupArn"
    ]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "prod"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "prod"}]
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert "would have 51 tags" in refused(sagemaker.add_tags, ResourceArn=arn, Tags=many)[1]
