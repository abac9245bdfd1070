"""Statements as dbt-athena writes them: its properties, its quotes, its catalog's name."""

import pytest

HIVE = """\
create table "awsdatacatalog"."shop"."{name}"
    with (
      table_type='hive',
      is_external=true,
      external_location='s3://lake/dbt/{name}',
      partitioned_by=ARRAY['day'],
      write_compression='snappy',
      format='parquet'
    )
  as
    select 1 as n, '2026-11-28' as day"""


@pytest.mark.parametrize(
    "catalog", ['"awsdatacatalog".', '"AwsDataCatalog".', "AWSDATACATALOG.", ""]
)
def test_a_table_is_made_as_dbt_makes_it_and_read_by_any_spelling(shelf, ask, catalog):
    ask(HIVE.format(name="sold").replace('"awsdatacatalog".', catalog))
    assert ask(f'select n, day from {catalog}"shop"."sold"') == [["1", "2026-11-28"]]
    ask(f'insert into {catalog}"shop"."sold" select 2, \'2026-11-29\'')
    assert ask("select count(*) from sold") == [["2"]]


@pytest.mark.parametrize(
    "statement",
    [
        "create schema if not exists `Archive`",
        "CREATE DATABASE `archive` COMMENT 'old' LOCATION 's3://lake/archive/'",
        "CREATE DATABASE `AwsDataCatalog`.`archive`",
    ],
)
def test_a_database_is_named_in_backticks(shelf, ask, statement):
    ask(statement)
    assert shelf.database("archive")
    ask("drop database if exists `awsdatacatalog`.`archive` cascade")
    assert shelf.database("archive") is None


def test_definitions_take_names_in_backticks_with_and_without_the_catalog(shelf, ask):
    ask(HIVE.format(name="sold"))
    ask("alter table `AwsDataCatalog`.`shop`.`sold` set tblproperties ('owner'='dbt')")
    ask("alter table `shop`.`sold` add if not exists partition (day='2026-11-30')")
    assert ask("show partitions `AwsDataCatalog`.`shop`.`sold`") == [
        ["day=2026-11-28"],
        ["day=2026-11-30"],
    ]
    assert ask("show tables in `AwsDataCatalog`.`shop`") == [["sold"]]
    assert ask("describe `awsdatacatalog`.`shop`.`sold`")
    ask("drop table if exists `awsdatacatalog`.`shop`.`sold`")
    assert shelf.table("shop", "sold") is None


def test_a_managed_hive_table_is_refused_as_athena_refuses_it(refusal):
    said = refusal(HIVE.format(name="sold").replace("is_external=true", "is_external=false"))
    assert "Hive tables are external" in said


def test_another_catalog_is_not_there(refusal):
    assert "Catalog 'lake' not found" in refusal("select * from lake.shop.sold")


@pytest.mark.parametrize(
    "statement",
    [
        HIVE.format(name="sold").replace("table_type='hive'", "table_type='iceberg'"),
        "CREATE TABLE shop.ice (n int) LOCATION 's3://lake/ice/' "
        "TBLPROPERTIES ('table_type'='ICEBERG')",
        "OPTIMIZE shop.ice REWRITE DATA USING BIN_PACK",
        "VACUUM shop.ice",
        "MERGE INTO shop.ice t USING shop.more m ON t.n = m.n WHEN MATCHED THEN DELETE",
        "DELETE FROM shop.ice WHERE n = 1",
        "UPDATE shop.ice SET n = 2",
        "INSERT INTO shop.ice SELECT 1",
        "ALTER TABLE shop.ice ADD COLUMNS (m int)",
        "ALTER TABLE shop.ice SET TBLPROPERTIES ('a'='b')",
        "DROP TABLE shop.ice",
        "MSCK REPAIR TABLE shop.ice",
        "SHOW PARTITIONS shop.ice",
    ],
)
def test_what_is_icebergs_is_said_to_be(shelf, refusal, statement):
    shelf.add("ice", {"n": "int"}, table_type="ICEBERG")
    assert "Iceberg" in refusal(statement)


def test_a_table_of_neither_kind_is_still_told_to_be_external(refusal):
    assert "External keyword required" in refusal("CREATE TABLE shop.t (n int)")
