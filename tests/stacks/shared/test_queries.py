"""SQL in files: settings are filled in, and none is left out."""

import pytest

from stacks.shared.queries import SqlFiles, pascal, purpose


@pytest.fixture
def files(tmp_path):
    for folder, name in (("views", "faces"), ("queries", "by_hour"), ("queries", "by_day")):
        (tmp_path / folder).mkdir(exist_ok=True)
        text = f"-- {name}.\nSELECT * FROM t WHERE k >= $least\n"
        (tmp_path / folder / f"{name}.sql").write_text(text)
    return lambda **literals: SqlFiles(tmp_path, literals)


def test_a_setting_is_filled_in(files):
    assert files(least="5").view("faces") == "-- faces.\nSELECT * FROM t WHERE k >= 5"


def test_a_name_that_is_no_setting_is_refused(files):
    with pytest.raises(KeyError, match="least"):
        files().view("faces")


def test_saved_queries_come_by_name_in_order(files):
    assert list(files(least="5").queries()) == ["by_day", "by_hour"]


def test_a_query_says_what_it_is_for_and_names_its_construct(files):
    assert purpose(files(least="5").view("faces")) == "faces."
    assert pascal("mood_by_day") == "MoodByDay"
