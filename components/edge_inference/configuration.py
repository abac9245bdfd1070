"""What a deployment may set on a device, checked before anything runs by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SOURCES = ("folder", "video", "camera", "rtsp")
RECEIPTS = ("broker", "nucleus")


class ConfigurationError(ValueError):
    """A configuration is refused; its text says of each wrong value what is allowed."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where frames come from, how many a second, and when it counts as silent."""

    kind: str
    address: str
    frames_per_second: float
    silent_seconds: float
    reduce: int


@dataclass(frozen=True, slots=True)
class Tracking:
    """When a bird is a sighting: see ``Tracker``."""

    frames_to_confirm: int
    gone_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Unsure:
    """Whether frames leave the device, and how many bytes of them a day."""

    bucket: str
    daily_bytes: int
    least_confidence: float

    @property
    def frames_leave(self) -> bool:
        """Tell whether any frame may leave the device; by default none does."""
        return bool(self.bucket and self.daily_bytes)


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that a device runs by."""

    site: str
    source: Source
    model_component: str
    threads: int
    motion_least_share: float
    thresholds: Mapping[str, float]
    tracking: Tracking
    topic_prefix: str
    receipts: str
    message_bytes: int
    spool_bytes: int
    commit_seconds: float
    unsure: Unsure
    health_seconds: float


class _Reader:
    """Takes values out of nested objects, and collects what is wrong with all of them."""

    def __init__(self, value: Any, where: str, wrong: list[str], taken: set[str]) -> None:
        self._where, self._wrong, self._taken = where, wrong, taken
        self._value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            wrong.append(f"{where or 'the configuration'} is {value!r}; it is an object")

    def part(self, name: str) -> "_Reader":
        place = self._place(name)
        return _Reader(self._value.get(name, {}), place, self._wrong, self._taken)

    def number(self, name: str, least: float, most: float) -> float:
        return self._cast(name, least, most, float)

    def whole(self, name: str, least: int, most: int) -> int:
        return int(self._cast(name, least, most, _whole))

    def text(self, name: str, *, allowed: tuple[str, ...] = (), least: int = 0) -> str:
        place = self._place(name)
        value = self._value.get(name)
        if not isinstance(value, str) or len(value) < least or len(value) > 512:
            self._wrong.append(f"{place} is {value!r}; it is text of {least} to 512 characters")
            return ""
        if allowed and value not in allowed:
            self._wrong.append(f"{place} is {value!r}; there are {', '.join(allowed)}")
        return value

    def shares(self, name: str) -> dict[str, float]:
        inner = self.part(name)
        names = {"default", *inner._value}
        return {each: inner.number(each, 0, 1) for each in sorted(names)}

    def _cast(self, name: str, least: float, most: float, cast: Callable[[Any], float]) -> float:
        # Recipes in YAML, and lite, hand numbers over as text.
        place, value = self._place(name), self._value.get(name)
        try:
            number = cast(value) if not isinstance(value, bool) else None
        except (TypeError, ValueError):
            number = None
        if number is None or not least <= number <= most:
            kind = "a whole number" if cast is _whole else "a number"
            self._wrong.append(f"{place} is {value!r}; it is {kind} from {least:g} to {most:g}")
            return least
        return number

    def _place(self, name: str) -> str:
        place = f"{self._where}.{name}" if self._where else name
        self._taken.add(place)
        return place

    def unknown(self) -> list[str]:
        return [name for name in self._value if self._place_of(name) not in self._taken]

    def _place_of(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def configuration(found: Any) -> Configuration:
    """Read what the nucleus hands over, defaults and deployments merged.

    Raises ConfigurationError with every value that is wrong; keys that nobody reads are wrong too,
    but for ``accessControl``, which is the nucleus's own.
    """
    wrong: list[str] = []
    taken: set[str] = {"accessControl"}
    top = _Reader(found, "", wrong, taken)
    parts = {
        name: top.part(name)
        for name in (
            "source",
            "model",
            "motion",
            "tracking",
            "delivery",
            "spool",
            "unsure",
            "health",
        )
    }
    read = Configuration(
        site=top.text("site", least=1),
        source=Source(
            kind=parts["source"].text("kind", allowed=SOURCES),
            address=parts["source"].text("address", least=1),
            frames_per_second=parts["source"].number("frames_per_second", 0.01, 60),
            silent_seconds=parts["source"].number("silent_seconds", 1, 3600),
            reduce=parts["source"].whole("reduce", 1, 8),
        ),
        model_component=parts["model"].text("component", least=1),
        threads=parts["model"].whole("threads", 0, 64),
        motion_least_share=parts["motion"].number("least_share", 0, 1),
        thresholds=top.shares("thresholds"),
        tracking=Tracking(
            frames_to_confirm=parts["tracking"].whole("frames_to_confirm", 1, 100),
            gone_seconds=parts["tracking"].number("gone_seconds", 0.1, 3600),
            longest_seconds=parts["tracking"].number("longest_seconds", 1, 86_400),
        ),
        topic_prefix=parts["delivery"].text("topic_prefix", least=1),
        receipts=parts["delivery"].text("receipts", allowed=RECEIPTS),
        message_bytes=parts["delivery"].whole("message_bytes", 1000, 120_000),
        spool_bytes=int(parts["spool"].number("largest_mib", 0.1, 1_000_000) * (1 << 20)),
        commit_seconds=parts["spool"].number("commit_seconds", 0, 60),
        unsure=Unsure(
            bucket=parts["unsure"].text("bucket"),
            daily_bytes=int(parts["unsure"].number("daily_mib", 0, 1_000_000) * (1 << 20)),
            least_confidence=parts["unsure"].number("least_confidence", 0, 1),
        ),
        health_seconds=parts["health"].number("every_seconds", 1, 86_400),
    )
    if read.source.reduce not in {1, 2, 4, 8}:
        wrong.append(f"source.reduce is {read.source.reduce}; there are 1, 2, 4, 8")
    if any(sign in read.topic_prefix for sign in "#+$"):
        wrong.append(f"delivery.topic_prefix is {read.topic_prefix!r}; it is without '#', '+', '$'")
    for reader in (top, *parts.values()):
        wrong += [f"{reader._place_of(name)} is no setting" for name in reader.unknown()]
    if wrong:
        raise ConfigurationError("; ".join(wrong))
    return read


def _whole(value: Any) -> float:
    number = float(value)
    if number != int(number):
        raise ValueError(value)
    return number
