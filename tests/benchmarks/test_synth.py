"""What is said of a synth: beside an empty app, and the line through copies of each."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.synth import copies
from benchmarks.synth.copies import Fit, Run, runs_table
from benchmarks.synth.empty_app import verdict
from stacks.registry import ARCHITECTURES

NUMBERS = st.floats(0.1, 1000)


@given(NUMBERS, NUMBERS)
def test_points_on_a_line_give_the_line(a, b):
    fit = Fit.of([1, 2, 6], [a + b * n for n in (1, 2, 6)])
    assert fit.a == pytest.approx(a, abs=1e-6)
    assert fit.b == pytest.approx(b, abs=1e-6)
    assert abs(fit.residual(2, a + 2 * b)) < 1e-6


def test_what_the_line_misses_is_told():
    runs = {1: Run(2, 1, 100), 2: Run(3, 2, 110), 6: Run(7, 6, 200)}
    shown = runs_table({"Shop": runs})
    assert "| Shop | seconds | 2.0 (+0%) | 3.0 (+0%) | 7.0 (+0%) | 1.0 + 1.0·n |" in shown
    assert "| Shop | peak mib | 100.0 (+" in shown
    assert "No line misses a value by more than 10%." in shown


def test_a_line_that_misses_too_much_is_named():
    runs = {1: Run(2, 1, 100), 2: Run(3, 2, 110), 6: Run(20, 6, 150)}
    shown = runs_table({"Shop": runs})
    assert "**A line misses more than 10%**: seconds of 1 Shop by" in shown
    assert "peak mib" not in shown.partition("**A line")[2]


@pytest.mark.parametrize(
    ("promised", "said"), [(3.0, "within the 3.0"), (3.2, "**more than** the")]
)
def test_the_ratio_to_an_empty_app_is_judged(promised, said):
    shown = verdict(promised, 4.0, 1.0, 0.5)
    assert f"**{promised:.1f} times** an empty `App().synth()`" in shown
    assert said in shown


def test_copies_under_other_names_are_synthesized(tmp_path):
    copies._copy_sources(tmp_path)
    name = next(iter(ARCHITECTURES))
    names = [name, *copies._copy(tmp_path, name)][:4]
    run = copies._run(tmp_path, names)
    assert run.seconds > 0
    assert run.peak_mib > 50
    for each in names:
        written = json.loads((tmp_path / "cdk.out" / f"{each}.template.json").read_text())
        assert written["Resources"]
