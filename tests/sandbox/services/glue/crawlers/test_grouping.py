"""Which objects are one table."""

from sandbox.services.glue.crawlers.classifiers import Classified
from sandbox.services.glue.crawlers.grouping import Object, tables
from sandbox.services.glue.crawlers.kinds import BIGINT, DOUBLE, TEXT, settled


def one(path, format_="csv", **columns):
    *folders, name = path.split("/")
    kinds = columns or {"id": BIGINT, "name": TEXT}
    return Object(tuple(folders), name, 10, Classified(format_, columns=kinds, records=1))


def grouped(*objects):
    return {found.name: found for found in tables(list(objects), "drops")}


def test_alike_objects_of_one_folder_are_a_table_named_as_it_is():
    found = grouped(one("a.csv"), one("b.csv"))
    assert [*found] == ["drops"]
    assert (found["drops"].objects, found["drops"].size) == (2, 20)


def test_alike_folders_are_partitions_named_or_numbered():
    named = grouped(one("day=1/shop=x/a.csv"), one("day=2/shop=y/a.csv"))["drops"]
    assert named.keys == ("day", "shop")
    assert named.partitions == {("1", "x"): ("day=1", "shop=x"), ("2", "y"): ("day=2", "shop=y")}
    assert grouped(one("2026/a.csv"), one("2027/a.csv"))["drops"].keys == ("partition_0",)


def test_folders_that_differ_are_tables_each():
    found = grouped(
        one("sales/a.csv"), one("staff/a.csv", salary=DOUBLE), one("logs/x/a.json", "json")
    )
    assert {*found} == {"sales", "staff", "logs"}
    assert found["logs"].keys == ("partition_0",)
    assert found["sales"].folders == ("sales",)


def test_objects_of_one_folder_that_differ_are_tables_each():
    found = grouped(one("a.csv"), one("b-1.csv", salary=DOUBLE))
    assert {*found} == {"a_csv", "b_1_csv"}
    assert found["a_csv"].is_object
    assert found["a_csv"].folders == ("a.csv",)


def test_a_column_more_is_the_same_table_with_both():
    more = {"id": BIGINT, "name": TEXT, "age": DOUBLE, "city": TEXT}
    fewer = {name: more[name] for name in ("id", "name", "age")}
    (found,) = grouped(one("a.csv", **fewer), one("b.csv", **more)).values()
    assert [*settled(found.what.columns)] == ["id", "name", "age", "city"]


def test_what_is_unknown_is_in_no_table():
    assert grouped(one("a.bin", "UNKNOWN")) == {}
