"""Read what RetailDemographics hands over, if it is there."""

import json
from typing import Any

import boto3
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from data_lake.absent_objects import is_absent
from data_lake.seen_faces import COLUMNS, seen_faces

NONE = "none"


def read_faces(spark: SparkSession, told: str) -> tuple[DataFrame, str | None]:
    """Read the faces that the argument tells of, and give where they are.

    There are none, and no place, while nobody hands any over.
    """
    nobody = spark.range(0).selectExpr(*(f"cast(null AS {t}) AS {n}" for n, t in COLUMNS.items()))
    place = None if told == NONE else place_of(json.loads(told))
    if place is None:
        return nobody, None
    columns = ", ".join(f"`{name}` string" for name in json.loads(told)["columns"])
    try:
        # A file with another header fails the run, and is not read by the order of its columns.
        found = spark.read.csv(
            place,
            schema=columns,
            header=True,
            enforceSchema=False,
            escape='"',
            recursiveFileLookup=True,
        )
    except AnalysisException as error:
        if is_absent(error):
            return nobody, place
        raise
    return seen_faces(found), place


def place_of(told: dict[str, Any]) -> str | None:
    """Find the folder by the name that a parameter has; None while there is no such parameter."""
    ssm = boto3.client("ssm")
    try:
        bucket = ssm.get_parameter(Name=told["parameter"])["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return None
    return f"s3://{bucket}/{told['prefix']}"
