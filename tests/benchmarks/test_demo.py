"""What is said of the demo at two commits, and what counts as a run."""

import pytest

from benchmarks import demo
from benchmarks.demo.runs import Run, frames_in
from sandbox.host.process import SandboxError

CLOSING = """
              sent     counted
 Frames        355         355
 Counted frames still in the bucket   0   0
"""


def test_the_frames_of_a_run_are_read_where_the_demo_compares_them():
    assert frames_in(CLOSING) == 355


@pytest.mark.parametrize("said", ["✗ demo failed", CLOSING.replace("355\n", "354\n")])
def test_a_run_that_did_not_count_all_it_sent_is_none(said):
    with pytest.raises(SandboxError, match="of no frames that they were all counted"):
        frames_in(said)


@pytest.mark.parametrize(("now", "said"), [(19.0, "within"), (20.2, "**more than**")])
def test_medians_are_compared_and_judged(now, said):
    before = [Run(seconds, 355) for seconds in (41.0, 39.0, 40.0)]
    shown = demo.told({"154c627": before, "abc1234": [Run(now, 355)] * 3})
    assert "| `154c627` | 355 | 40.0 | 41.0, 39.0, 40.0 |" in shown
    assert f"before**, {said} the 0.5 wanted." in shown
