"""The look that a stream takes at a record: which data set it goes to, and what is left of it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_lake.contract import newest_contracts
from data_lake.streamed_records import RefusedError, streamed

CONTRACTS = newest_contracts()
LONG = '{"dataset":"retail_visits","n":' + "9" * 5000 + "}"
NAMES = st.text().filter(lambda name: name != "dataset")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_a_message_of_a_device_is_unpacked_and_left_as_it_was_said():
    said = '{"a": 1.50, "a": NaN, "b": "é"}'
    packed = base64.b64encode(said.encode()).decode()
    found = streamed(json.dumps({"base64": packed, "dataset": "retail_visits"}).encode(), CONTRACTS)
    assert found.line.decode() == said
    more = {"base64": packed, "dataset": "retail_visits", "c": 1}  # a record that has such a column
    assert json.loads(streamed(json.dumps(more).encode(), CONTRACTS).line) == more


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        ("/w==", "not_text"),
        ("", "malformed"),
        ("IA==", "malformed"),
        ("?", "malformed"),
        (1, "malformed"),
    ],
)
def test_a_message_that_is_no_line_is_refused(packed, reason):
    with pytest.raises(RefusedError) as refused:
        streamed(json.dumps({"base64": packed, "dataset": "retail_visits"}).encode(), CONTRACTS)
    assert refused.value.reason == reason


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.sampled_from([None, 2]), st.data())
def test_a_record_is_left_as_it_is_on_one_line(members, indent, data):
    items = [*members.items()]
    items.insert(data.draw(st.integers(0, len(items))), ("dataset", "retail_visits"))
    record = dict(items)
    found = streamed(json.dumps(record, indent=indent).encode(), CONTRACTS)
    assert found.dataset == "retail_visits"
    assert b"\n" not in found.line
    assert json.loads(found.line) == record


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"dataset": "retail_visits"}', '{"dataset": "retail_visits"}'),
        (
            '{"a": 1.50, "dataset": "retail_visits", "A": NaN}',
            '{"a": 1.50, "dataset": "retail_visits", "A": NaN}',
        ),
        ('{"a":1,"a":2,"dataset":"retail_visits"}\n', '{"a":1,"a":2,"dataset":"retail_visits"}'),
        (
            '\r\n{"dataset":"retail_visits","a":\n[1,\r\n2]}',
            '{"dataset":"retail_visits","a": [1,  2]}',
        ),
        (LONG, LONG),
        ('{"dataset":"retail_visits","ü":"ü"}', '{"dataset":"retail_visits","ü":"ü"}'),
    ],
)
def test_what_a_contract_judges_is_spelled_as_it_came(text, line):
    assert streamed(text.encode(), CONTRACTS).line == line.encode()


def test_a_line_is_in_the_encoding_of_its_contract():
    sent = '{"dataset":"retail_purchases","a":"€ 𝄞"}'.encode()
    found = streamed(sent, CONTRACTS)
    assert json.loads(found.line.decode("windows-1252")) == {
        "dataset": "retail_purchases",
        "a": "€ 𝄞",
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'\xff{"dataset":"retail_visits"}', "not_text"),
        (b"", "malformed"),
        (b"[]", "malformed"),
        (b'"dataset"', "malformed"),
        (b'{"dataset":"retail_visits"', "malformed"),
        (b'{"dataset":"retail_visits",}', "malformed"),
        (b'{"dataset":"retail_visits"}{}', "malformed"),
        (b'{1:2,"dataset":"retail_visits"}', "malformed"),
        (b'{"dataset":"retail_visits","dataset":"retail_visits"}', "malformed"),
        (b'{"dataset":7}', "no_such_dataset"),
        (b'{"visit_id":"v"}', "malformed"),
        (b'{"dataset":"retail_visits","a":"line\nend"}', "malformed"),
        (b'{"dataset":"retail_visits","a":' + b"[" * 100_000 + b"}", "malformed"),
        (b'{"dataset":"../loads"}', "no_such_dataset"),
        (b'{"dataset":"Retail_Visits"}', "no_such_dataset"),
    ],
)
def test_what_belongs_to_no_data_set_is_refused_with_its_reason(data, reason):
    with pytest.raises(RefusedError) as refused:
        streamed(data, CONTRACTS)
    assert refused.value.reason == reason
