"""Rows as AWS's own algorithms read them, read back by a decoder that shares nothing with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model_training.recordio_protobuf import RecordError, framed, records, write_records
from testing.record_reader import read

FLOATS = st.floats(width=32, allow_nan=False)
ROWS = st.integers(0, 4).flatmap(
    lambda rows: st.integers(1, 40).flatmap(
        lambda columns: arrays(np.float32, (rows, columns), elements=FLOATS)
    )
)
# A record of two features and a label, as protobuf 7.36.2's own runtime serializes AWS's schema.
KNOWN = "0a160a0676616c756573120c120a0a080000c03f000000c012120a0676616c756573120812060a040000803f"


@given(rows=ROWS)
def test_rows_are_read_again_as_exactly_what_they_were(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "rows.pbr"
    labels = np.arange(len(rows), dtype=np.float32)
    write_records(path, rows, labels)
    found = list(read(path))
    assert len(found) == len(rows)
    for (features, label), row, wanted in zip(found, rows, labels, strict=True):
        assert features.tolist() == row.tolist()
        assert label is not None
        assert label.tolist() == [wanted]


def test_rows_without_labels_have_none(tmp_path):
    write_records(tmp_path / "rows.pbr", np.ones((3, 2), np.float32), None)
    assert [label for _, label in read(tmp_path / "rows.pbr")] == [None] * 3


def test_a_row_of_many_columns_has_lengths_of_several_bytes(tmp_path):
    rows = np.arange(20_000, dtype=np.float32).reshape(1, -1)
    write_records(tmp_path / "rows.pbr", rows, None)
    ((features, _),) = read(tmp_path / "rows.pbr")
    assert features.tolist() == rows[0].tolist()


def test_a_record_is_what_protocol_buffers_own_runtime_writes():
    (record,) = records(np.array([[1.5, -2.0]], np.float32), np.array([1.0], np.float32))
    assert record.hex() == KNOWN


def test_a_frame_ends_at_a_multiple_of_four_bytes():
    assert framed(b"abcde").hex(" ", 4) == "0a23d7ce 05000000 61626364 65000000"
    assert len(framed(b"abcd")) == 12


def test_what_no_frame_holds_is_refused():
    class Long(bytes):
        def __len__(self):
            return 1 << 29

    with pytest.raises(RecordError, match="allowed: 536870911"):
        framed(Long())
