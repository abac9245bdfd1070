"""How long a queue hides what a function has taken."""

import pytest

from stacks.shared.queue import visibility_seconds


@pytest.mark.parametrize(("window", "hidden"), [(0, 720), (10, 730)])
def test_a_message_stays_hidden_for_six_attempts_and_the_wait_for_a_batch(window, hidden):
    assert visibility_seconds(120, window_seconds=window) == hidden
