"""Tables of Iceberg that pyiceberg writes, on the shelf that the engine reads."""

import io

import pytest
from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io import FileIO, InputFile, OutputFile
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC
from pyiceberg.serializers import FromInputFile, ToOutputFile
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER


class _Written(io.BytesIO):
    """A file that is on the shelf once it is closed."""

    def __init__(self, shelf, uri):
        super().__init__()
        self.shelf, self.uri = shelf, uri

    def close(self):
        """Put what was written on the shelf."""
        if not self.closed:
            self.shelf.put(self.uri, self.getvalue())
        super().close()


class _Input(InputFile):
    def __init__(self, shelf, uri):
        super().__init__(uri)
        self.key = tuple(uri.removeprefix("s3://").split("/", 1))
        self.shelf = shelf

    def __len__(self):
        return len(self.shelf.objects[self.key])

    def exists(self):
        """Tell whether there is such an object."""
        return self.key in self.shelf.objects

    def open(self, seekable=True):
        """Open it."""
        return io.BytesIO(self.shelf.objects[self.key])


class _Output(_Input, OutputFile):
    def create(self, overwrite=False):
        """Begin to write it."""
        return _Written(self.shelf, self.location)

    def to_input_file(self):
        """Read what was written."""
        return _Input(self.shelf, self.location)


class ShelfIO(FileIO):
    """What pyiceberg reads and writes by: objects of the shelf."""

    def __init__(self, shelf):
        super().__init__({})
        self.shelf = shelf

    def new_input(self, location):
        """Read an object."""
        return _Input(self.shelf, location)

    def new_output(self, location):
        """Write an object."""
        return _Output(self.shelf, location)

    def delete(self, location):
        """Delete an object."""
        del self.shelf.objects[tuple(str(location).removeprefix("s3://").split("/", 1))]


class ShelfCatalog(MetastoreCatalog):
    """The tables of the shelf as Glue has them: a pointer to the newest metadata."""

    def __init__(self, shelf):
        super().__init__("glue")
        self.shelf, self.io = shelf, ShelfIO(shelf)

    def create_table(self, identifier, schema, spec=UNPARTITIONED_PARTITION_SPEC, **properties):
        """Make a table without rows."""
        place = f"s3://lake/{identifier}"
        given = {"format-version": "2", **properties}
        metadata = new_table_metadata(schema, spec, UNSORTED_SORT_ORDER, place, given)
        self._point(identifier, metadata, f"{place}/metadata/00000.metadata.json")
        return self.load_table(identifier)

    def load_table(self, identifier):
        """Find a table."""
        name = identifier if isinstance(identifier, str) else identifier[-1]
        found = self.shelf.table("shop", name)
        if found is None:
            raise NoSuchTableError(name)
        location = found["Parameters"]["metadata_location"]
        metadata = FromInputFile.table_metadata(self.io.new_input(location))
        return Table(("shop", name), metadata, location, self.io, self)

    def commit_table(self, table, requirements, updates):
        """Take a change of a table in."""
        current = self.load_table(table.name())
        staged = self._update_and_stage_table(current, table.name(), requirements, updates)
        self._point(table.name()[-1], staged.metadata, staged.metadata_location)
        return CommitTableResponse(
            metadata=staged.metadata, metadata_location=staged.metadata_location
        )

    def _load_file_io(self, properties=None, location=None):
        return self.io

    def _point(self, name, metadata, location):
        ToOutputFile.table_metadata(metadata, self.io.new_output(location), overwrite=True)
        fields = [{"Name": f.name, "Type": "string"} for f in metadata.schema().fields]
        self.shelf.create_table(
            "shop",
            {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {"table_type": "ICEBERG", "metadata_location": location},
                "StorageDescriptor": {"Columns": fields, "Location": metadata.location},
            },
        )


ShelfCatalog.__abstractmethods__ = frozenset()


@pytest.fixture
def catalog(shelf):
    return ShelfCatalog(shelf)
