"""Whatever happens, a breaker lets through all, or one at a time."""

from hypothesis import given
from hypothesis import strategies as st

from model_hosting.circuit_breaker import CircuitBreaker
from testing.clock import Clock

EVENTS = st.lists(st.sampled_from(["ask", "fail", "succeed"]) | st.floats(0, 20), max_size=80)


@given(EVENTS)
def test_while_it_is_open_one_request_is_let_through_per_period(events):
    clock = Clock()
    breaker = CircuitBreaker(failures=3, open_seconds=10, clock=clock)
    in_a_row, probed_at = 0, 0.0
    for event in events:
        if isinstance(event, float):
            clock.now += event
        elif event == "ask":
            is_open = in_a_row >= 3
            if breaker.allows() and is_open:
                assert clock() - probed_at >= 10
                probed_at = clock()
            elif not is_open:
                assert breaker.allows()
                assert breaker.seconds_left == 0
        elif event == "fail":
            breaker.failed()
            in_a_row, probed_at = in_a_row + 1, clock()
        else:
            breaker.succeeded()
            in_a_row = 0
