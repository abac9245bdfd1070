"""The stages that the stack asks for, read from the environment."""

import pytest

from service_chain.stages import Stages


def test_the_defaults_are_those_of_the_settings():
    stages = Stages.read({})
    assert (stages.analyze, stages.chunk_bytes, stages.item_bytes) == ("all", 9000, 1000)
    assert stages.voices == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANALYZE", "some"),
        ("CHUNK_BYTES", "10001"),
        ("CHUNK_BYTES", "15"),
        ("ITEM_BYTES", "5001"),
        ("ITEM_BYTES", "many"),
        ("VOICES", "Lupe"),
        ("VOICES", "[]"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name} is '.*'; want"):
        Stages.read({name: value})


@pytest.mark.parametrize(
    ("analyze", "source", "passed_through", "targets"),
    [
        ("all", True, True, True),
        ("source", True, True, False),
        ("targets", False, True, True),
        ("none", False, False, False),
    ],
)
def test_which_texts_are_analysed_is_a_setting(analyze, source, passed_through, targets):
    stages = Stages.read({"ANALYZE": analyze})
    assert stages.wants_source(is_target=False) is source
    assert stages.wants_source(is_target=True) is passed_through
    assert stages.wants_targets() is targets


def test_what_comprehend_lacks_is_skipped_only_where_it_would_be_analysed():
    read = {name: Stages.read({"ANALYZE": name}) for name in ("all", "source", "targets", "none")}
    skipped = {name: stages.skipped("pl", ["es", "cs", "cs"]) for name, stages in read.items()}
    assert skipped == {"all": ["pl", "cs"], "source": ["pl"], "targets": ["cs"], "none": []}
