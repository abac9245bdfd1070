"""An update of an endpoint: a new fleet comes up, takes the traffic step by step, or is let go."""

import contextvars
import threading
from collections.abc import Callable
from functools import partial

from sandbox.core import in_flight
from sandbox.core.clock import CLOCK, Timer
from sandbox.services.cloudwatch import state_changes
from sandbox.services.sagemaker.hosting.containers import StartError
from sandbox.services.sagemaker.hosting.endpoints import Endpoint
from sandbox.services.sagemaker.hosting.fleets import Fleet
from sandbox.services.sagemaker.hosting.traffic import Plan


class Deployment:
    """The update of one endpoint to a new fleet, by a plan. It is begun once and ends by itself."""

    def __init__(self, endpoint: Endpoint, new: Fleet, plan: Plan) -> None:
        self._endpoint, self._new, self._plan = endpoint, new, plan
        self._timers: list[Timer] = []
        self._is_over = False
        self._deafen: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """Begin, in a thread of its own and in the account and Region of the request."""
        endpoint = self._endpoint
        with endpoint.changing:
            endpoint.new, endpoint.share = self._new, 0.0
            endpoint.updated_since = CLOCK.time()
        endpoint.become("Updating")
        if self._plan.alarms:
            self._deafen = state_changes.listen(self._hear)
        self._later(self._plan.longest_seconds, self._time_out)
        self._in_thread(self._start)

    def _start(self) -> None:
        with in_flight.counted("endpoint deployment"):
            try:
                self._new.start()
            except StartError as error:
                self._roll_back(str(error))
                return
            self._take(0)

    def _take(self, number: int) -> None:
        """Give the new fleet the share of a step, and look at it for as long as the step says."""
        with in_flight.counted("endpoint deployment"):
            step = self._plan.steps[number]
            if self._rings():
                return
            with self._endpoint.changing:
                if self._is_over:  # while it was coming up
                    self._new.stop()
                    return
                self._new.say("ActivatingTraffic", step.activating())
                self._endpoint.share = step.share
            self._endpoint.announce()
            self._new.say("Baking", step.baking())
            self._endpoint.announce()
            self._later(step.seconds, partial(self._go_on, number))

    def _go_on(self, number: int) -> None:
        if self._rings():
            return
        if number + 1 < len(self._plan.steps):
            self._take(number + 1)
        else:
            self._finish()

    def _finish(self) -> None:
        with in_flight.counted("endpoint deployment"):
            endpoint = self._endpoint
            with endpoint.changing:
                if not self._end():
                    return
                old, endpoint.fleet = endpoint.fleet, self._new
                endpoint.new, endpoint.share = None, 0.0
            self._new.silence()
            old.say("Deleting", "Terminating instances.")
            endpoint.become("InService")
            endpoint.announce()
            old.drain()

    def _hear(self, alarm: str, state: str) -> None:
        if state == "ALARM" and alarm in self._plan.alarms:
            self._rings()

    def _rings(self) -> bool:
        """Roll back if an alarm is ringing; tells whether it is."""
        ringing = [name for name in self._plan.alarms if state_changes.current(name) == "ALARM"]
        if ringing:
            self._roll_back(
                "The deployment was rolled back, as alarms of its AutoRollbackConfiguration were "
                f"in the state ALARM: {', '.join(ringing)}."
            )
        return bool(ringing)

    def _time_out(self) -> None:
        self._roll_back(
            "The deployment was rolled back, as it did not end within "
            f"{self._plan.longest_seconds:g} seconds (MaximumExecutionTimeoutInSeconds)."
        )

    def _roll_back(self, reason: str) -> None:
        """Give all traffic back to the old fleet at once, and let the new one go."""
        with self._endpoint.changing:
            if not self._end():
                return
            self._endpoint.share = 0.0
        self._in_thread(partial(self._let_go, reason))

    def _let_go(self, reason: str) -> None:
        with in_flight.counted("endpoint deployment"):
            endpoint = self._endpoint
            self._new.say("Deleting", reason[:1024])
            endpoint.become("RollingBack")
            endpoint.announce()
            self._new.drain()
            with endpoint.changing:
                endpoint.new = None
            if endpoint.fleet.is_running():
                endpoint.become("InService")
            else:
                endpoint.become("UpdateRollbackFailed", reason)
            endpoint.announce()

    def _end(self) -> bool:
        """Be over; False where it was already."""
        if self._is_over:
            return False
        self._is_over = True
        self._deafen()
        for timer in self._timers:
            timer.cancel()
        return True

    def abandon(self) -> None:
        """Stop where it is, as the endpoint is no more."""
        with self._endpoint.changing:
            self._end()
        self._new.stop()

    def _later(self, seconds: float, call: Callable[[], object]) -> None:
        run = contextvars.copy_context().run
        self._timers.append(CLOCK.later(seconds, lambda: run(call)))

    @staticmethod
    def _in_thread(call: Callable[[], object]) -> None:
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(call,), name="deployment", daemon=True).start()
