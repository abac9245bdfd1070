"""A catalog and a store in memory, and an engine that runs against them."""

import base64
import datetime as dt
import json

import pytest

from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.statements import run
from sandbox.services.athena.engine.tables import Entry

CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


class Shelf:
    """A Data Catalog and an object store, both plain dictionaries."""

    def __init__(self):
        self.dbs = {"shop": {"Name": "shop", "LocationUri": "s3://lake/shop/"}}
        self.tables_, self.parts, self.objects, self.read_keys, self.listed = {}, {}, {}, [], []

    def databases(self):
        """List databases."""
        return sorted(self.dbs)

    def database(self, name):
        """Find a database."""
        return self.dbs.get(name)

    def tables(self, database):
        """List tables."""
        return [t for (d, _), t in sorted(self.tables_.items()) if d == database]

    def table(self, database, name):
        """Find a table."""
        return self.tables_.get((database, name))

    def partitions(self, database, name):
        """List partitions."""
        return self.parts.get((database, name), [])

    def create_database(self, given):
        """Create a database."""
        self.dbs[given["Name"]] = dict(given)

    def delete_database(self, name):
        """Delete a database."""
        del self.dbs[name]

    def create_table(self, database, given):
        """Create or replace a table."""
        self.tables_[database, given["Name"]] = {**given, "DatabaseName": database}

    update_table = create_table

    def delete_table(self, database, name):
        """Delete a table."""
        del self.tables_[database, name]
        self.parts.pop((database, name), None)

    def create_partition(self, database, name, given):
        """Register a partition."""
        found = self.parts.setdefault((database, name), [])
        if any(p["Values"] == given["Values"] for p in found):
            raise AthenaError("ALREADY_EXISTS", "Partition already exists")
        found.append(given)

    def delete_partition(self, database, name, values):
        """Forget a partition."""
        kept = [p for p in self.partitions(database, name) if p["Values"] != list(values)]
        self.parts[database, name] = kept

    def list(self, bucket, prefix):
        """List objects."""
        self.listed.append(prefix)
        uris = sorted(k for k in self.objects if k[0] == bucket and k[1].startswith(prefix))
        return [Entry(key, len(self.objects[bucket, key])) for bucket, key in uris]

    def read(self, bucket, key):
        """Read an object, and remember that it was."""
        self.read_keys.append(key)
        return self.objects[bucket, key]

    def write(self, bucket, key, body):
        """Write an object."""
        self.objects[bucket, key] = body

    def put(self, uri, text):
        """Put an object at a URI."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.objects[bucket, key] = text.encode() if isinstance(text, str) else text

    def add(self, name, columns, *, location=None, serde=CSV, keys=(), options=None, **properties):
        """Add a table over objects."""
        shapes = [
            [{"Name": n, "Type": t} for n, t in given.items()] for given in (columns, dict(keys))
        ]
        self.create_table(
            "shop",
            {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {k.replace("__", "."): v for k, v in properties.items()},
                "PartitionKeys": shapes[1],
                "StorageDescriptor": {
                    "Columns": shapes[0],
                    "Location": location or f"s3://lake/{name}/",
                    "SerdeInfo": {"SerializationLibrary": serde, "Parameters": options or {}},
                },
            },
        )

    def add_view(self, name, sql, columns):
        """Add a view as CloudFormation would."""
        stored = {
            "originalSql": sql,
            "catalog": "awsdatacatalog",
            "schema": "shop",
            "columns": [{"name": n, "type": t} for n, t in columns.items()],
        }
        text = base64.b64encode(json.dumps(stored).encode()).decode()
        self.create_table(
            "shop",
            {
                "Name": name,
                "TableType": "VIRTUAL_VIEW",
                "ViewOriginalText": f"/* Presto View: {text} */",
                "StorageDescriptor": {"Columns": []},
            },
        )


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def session(shelf):
    return Session(shelf, shelf, "shop", output="s3://results/", now=lambda: NOW)


@pytest.fixture
def ask(session):
    """Run a statement and return its rows as Athena prints them."""
    return lambda sql, *parameters: run(session, sql, parameters).rows


@pytest.fixture
def refusal(session):
    """Run a statement that must fail and return what Athena says."""

    def refuse(sql, *parameters):
        with pytest.raises(AthenaError) as caught:
            run(session, sql, parameters)
        return str(caught.value)

    return refuse
