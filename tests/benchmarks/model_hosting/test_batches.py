"""What is said of a batch and the loops beside it."""

from benchmarks.model_hosting.batches import Taken, written


def test_rates_and_ratios_are_said():
    told = written({1: Taken(400, 4.0), 100: Taken(10_000, 5.0)}, Taken(200_000, 20.0),
                   Taken(200_000, 10.0))  # fmt: skip
    assert "| A batch: screened, transformed, sifted, counted | 200,000 | 20.0 | 10,000 |" in told
    assert "1 row a request | 400 | 4.0 | 100 |" in told
    assert "100 times as many as the loop of 1 and 5 times as many as the loop of 100" in told
