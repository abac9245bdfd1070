"""A clock that only sleeping, and whoever holds it, moves."""


class Clock:
    """Seconds since some moment; ``sleeps`` lists how long each sleep was."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        """Tell the time in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleeps.append(seconds)
        self.now += seconds
