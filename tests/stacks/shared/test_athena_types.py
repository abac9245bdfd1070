"""Trino's types in Hive's words."""

import pytest

from stacks.shared.athena_types import hive_type


@pytest.mark.parametrize(
    ("trino", "hive"),
    [
        ("varchar", "string"),
        ("timestamp(3)", "timestamp"),
        ("date", "date"),
        ("decimal(18,2)", "decimal(18,2)"),
        ("array(varchar)", "array<string>"),
        ("row(a integer, b double)", "struct<a:int,b:double>"),
        (
            "array(row(text varchar, at row(begin bigint, end bigint)))",
            "array<struct<text:string,at:struct<begin:bigint,end:bigint>>>",
        ),
    ],
)
def test_a_type_has_its_name_in_hive(trino, hive):
    assert hive_type(trino) == hive


def test_an_unknown_type_is_named():
    with pytest.raises(ValueError, match="'hyperloglog' is a type that no view has yet"):
        hive_type("hyperloglog")
