"""A machine as a graph, and its drawing."""

import pytest

from demos.executions import Step
from demos.state_machine import graph, read, seconds, taken
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import link, stages
from stacks.settings import load_settings


@pytest.fixture(scope="module")
def synthesized():
    settings = load_settings()
    mine = settings.of(ServiceChain)
    listed = stages(mine, settings.shared.quotas, stack_name="ServiceChain")
    return link(listed, mine)


@pytest.fixture(scope="module")
def machine(synthesized):
    return read(synthesized)


def steps(*names):
    return [Step(name, inward) for name in names for inward in (True, False)]


def test_every_state_of_the_real_machine_is_read(synthesized, machine):
    def names(part):
        for name, state in part["States"].items():
            yield name
            inner = [*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])]
            for one in inner:
                yield from names(one)

    everything = list(names(synthesized))
    assert len(everything) == len(set(everything)), "names would be mixed up in the histories"
    assert machine.names() == set(everything)


def test_what_only_a_failure_leads_to_stands_aside(machine):
    assert {"RecordFailure", "PublishFailure"} <= set(machine.after_failure)
    assert not {"ReadDocument", "AssembleDocument", "Succeed"} & set(machine.after_failure)


def test_a_state_says_what_it_asks_of_aws(machine):
    assert machine.states["Identify"].asks == "Lambda"
    assert machine.states["CopyMedia"].asks == "s3:copyObject"
    assert machine.states["AwaitTranscription"].asks == "dynamodb:putItem, call back"
    inner = machine.states["TranslateAll"].inside[0]
    assert inner.states["TranslateChunks"].asks == "Distributed Map"


def test_an_error_that_goes_on_is_a_way_with_its_name(machine):
    way = next(w for w in machine.ways if (w.start, w.end) == ("AwaitTranscription",
                                                              "GetTranscription"))  # fmt: skip
    assert "HeartbeatTimeout" in way.caught


def test_only_ways_that_were_gone_are_taken(machine):
    text = steps("Identify", "ByKind", "ReadDocument")
    assert taken(machine, [text]) == {("Identify", "ByKind"), ("ByKind", "ReadDocument")}


def test_branches_that_run_at_once_do_not_confuse_the_ways(machine):
    trail = [
        Step("BatchDetectSentiment", True), Step("BatchDetectEntities", True),
        Step("BatchDetectSentiment", False), Step("BatchDetectEntities", False),
        Step("KnowsPii", True), Step("BatchDetectKeyPhrases", True),
    ]  # fmt: skip
    assert taken(machine, [trail]) == {
        ("BatchDetectSentiment", "BatchDetectKeyPhrases"),
        ("BatchDetectEntities", "KnowsPii"),
    }


def test_the_drawing_has_a_box_for_every_state_and_fits_a_page(machine, chain, drawn):
    run = chain.documents[0].run
    svg = graph(machine, run, title="what it did", name="m0").drawing()
    drawing = drawn(svg)
    boxes = {
        (g.findtext("title") or "").split(" (")[0]: g.get("class", "")
        for g in drawing.iter("g")
        if "box" in g.get("class", "").split()
    }
    assert set(boxes) == machine.names()
    assert "undone" not in boxes["Identify"]
    assert "undone" in boxes["RecordFailure"]
    assert float(drawing.get("width", "0")) < 1300


def test_a_failure_is_marked_where_it_ended(machine, chain):
    run = chain.failures[0].run
    svg = graph(machine, run, title="t", name="m0").drawing()
    assert "Identify (Lambda): once" in svg


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 ms"), (0.0349, "35 ms"), (0.9996, "1.0 s"), (61, "61.0 s")]
)
def test_a_time_is_written_short(value, said):
    assert seconds(value) == said
