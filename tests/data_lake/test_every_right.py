"""Of every role of the lake, however it is set, some test takes each right away."""

from pathlib import Path

import pytest

from testing.templates import of_type

STACK = "DataLake"
DEPLOYED = Path(__file__).parent / "end_to_end"
# By the file that takes the rights away, the roles that it names.
TAKEN_IN = {
    "test_least_privilege.py": {"ModelFiles"},
    "test_stream_rights.py": {"StreamDelivery", "StreamCheckRecords"},
    "test_device_messages.py": {"StreamMessages"},
    "test_erasure_rights.py": {"GovernanceErasureErasePerson"},
    "test_quality_rights.py": {"CurationQuality"},
    "test_discovery.py": {"CatalogDiscovery"},
    "test_spark_stream_rights.py": {"StreamSparkStreamRecords"},
    "test_service_roles.py": {
        "CurationEnhancedOptimizers",
        "CurationTrainingSetOptimizers",
        "GovernanceLakeFormationEnhancedKeeper",
        "GovernanceLakeFormationReader",
        "GovernanceLakeFormationTransformedKeeper",
        "StreamSparkStopStreaming",
        "StreamSparkStreamRecords",
    },
    "merging/test_job_rights.py": {
        "CurationEnhancedMergeRecords",
        "CurationTrainingSetBuildFeatures",
        "GovernanceErasureEraseRecords",
    },
    "merging/test_large_files.py": {"LargeFilesJob", "ModelFiles"},
    "runs/test_run_rights.py": {
        "CurationFlowRun",
        "CurationFlowEnded",
        "CurationFlowArrived",
        "CurationFlowRunEnded",
        "CurationFlowFileModeled",
        "CurationFlowOnSchedule",
        "LargeFilesModelLargeFile",
        "LargeFilesLargeFileEnded",
        "LargeFilesEnded",
    },
    "test_keep_streaming_rights.py": {
        "StreamSparkKeepStreaming",
        "StreamSparkJobEnded",
        "StreamSparkLookForJob",
    },
}
VARIANTS = {
    "as it is": {},
    "on a schedule": {"data_lake.run_schedule": "rate(1 day)"},
    "governed": {
        "data_lake.lake_formation": True,
        "data_lake.lake_readers": ["team/Analyst"],
        "data_lake.discovery": True,
    },
    "read by Spark": {
        "data_lake.stream_reader": "emr",
        "data_lake.stream_source": "iot",
        "data_lake.stream_subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "data_lake.stream_security_groups": ["sg-0123456789abcdef0"],
    },
}


def test_each_role_is_named_where_its_rights_are_taken_away():
    for file, roles in TAKEN_IN.items():
        text = (DEPLOYED / file).read_text("utf-8")
        assert [role for role in roles if f'"{role}"' not in text] == [], file


@pytest.mark.parametrize("variant_", VARIANTS)
def test_no_role_is_left_out(variant, variant_):
    found = variant(STACK, overrides=VARIANTS[variant_])
    roles = {name[:-8].removesuffix("Role") for name in of_type(found, "AWS::IAM::Role")}
    assert roles - set().union(*TAKEN_IN.values()) == set()
