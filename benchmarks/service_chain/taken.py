"""What documents took on their way through the chain, and what it would be done otherwise. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from costs.bill import Range
from costs.markdown import table
from costs.prices import prices
from stacks.service_chain.settings import ServiceChain
from stacks.settings import load_settings

# Wait, ask Transcribe, choose: what a loop enters, and the events that these leave.
LOOP_TRANSITIONS, LOOP_EVENTS = 3, 9
POLLS = (5, 30)  # seconds between two questions, as samples have it
JOBS = (600, 3_600)  # seconds that a transcription may take
STATE_LIMIT, HISTORY_LIMIT = 262_144, 25_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What one document took."""

    name: str
    seconds: float
    size: int
    transitions: int
    child_transitions: int
    invocations: int
    children: int
    events: int  # of the longest history
    largest_state: int  # bytes
    objects: int
    batch_calls: int
    pii_calls: int
    translate_calls: int
    texts: int  # that Comprehend judged, each by itself
    audio_seconds: float
    translated_characters: int
    comprehend_units: int

    @property
    def single_calls(self) -> int:
        """Return the calls of Comprehend if each text were asked about by itself."""
        operations = 4 if self.pii_calls else 3
        return operations * self.texts

    @property
    def ai_dollars(self) -> Range:
        """Price what the AI services bill."""
        amounts = {
            "transcribe_minute": self.audio_seconds / 60,
            "translate_character": self.translated_characters,
            "comprehend_unit": self.comprehend_units,
        }
        priced = [(prices()[name], amount) for name, amount in amounts.items()]
        return Range(sum(p.least(n) for p, n in priced), sum(p.most(n) for p, n in priced))


def section(taken: Sequence[Taken]) -> str:
    """Write what was measured, beside what it would be otherwise."""
    shown = taken[1:]  # the first one paid for cold starts
    largest = max(one.largest_state for one in shown)
    longest = max(one.events for one in shown)
    return f"""### Documents as large as they may be

Translated into Spanish, analysed in English, one after the other in one sandbox with IAM enforced,
at the pace of AWS's quotas. Transitions, invocations and children are read from every history;
objects are all that was written, work in progress included. Seconds are of this machine's emulator,
not of AWS.

{_took(shown)}

The largest input, output or result of any state had {largest:,} bytes of {STATE_LIMIT:,}; the
longest history {longest:,} events of {HISTORY_LIMIT:,}.

### Called back, against asking again and again

Arithmetic on a counted loop: waiting, asking and choosing enters {LOOP_TRANSITIONS} states and
writes {LOOP_EVENTS} events each time. The chain waits in one state, and looks for itself every
`reconcile_seconds`, should the event be lost. "Calls" are `GetTranscriptionJob`, of which AWS
grants 30 a second, for 250 jobs at once.

{waiting()}

### A batch for each call, against a text for each call

{_calls(shown)}

### Standard children, against express ones

Prices of us-east-1; see [service chain](service_chain.md). Express is charged for its requests
here, neither for its duration nor for the AI calls that it makes twice.

{_children(shown)}
"""


def _took(taken: Sequence[Taken]) -> str:
    heads = ["Document", "Bytes", "Seconds", "Transitions", "Invocations", "Children", "AI calls",
             "Objects", "Largest state", "Longest history"]  # fmt: skip
    return table(
        heads,
        [
            [
                one.name, f"{one.size:,}", f"{one.seconds:,.0f}", f"{one.transitions:,}",
                f"{one.invocations:,}", f"{one.children:,}",
                f"{one.batch_calls + one.pii_calls + one.translate_calls:,}", f"{one.objects:,}",
                f"{one.largest_state:,}", f"{one.events:,}",
            ]
            for one in taken
        ],
    )  # fmt: skip


def waiting() -> str:
    """Tabulate the states that waiting for a transcription enters."""
    reconcile = load_settings().of(ServiceChain).reconcile_seconds
    rows = []
    for seconds in JOBS:
        looks = (seconds - 1) // reconcile
        ours = 1 + looks * LOOP_TRANSITIONS
        rows.append(_way(seconds, "called back", ours, 1.0, looks))
        for poll in POLLS:
            loops = math.ceil(seconds / poll)
            theirs = loops * LOOP_TRANSITIONS
            rows.append(_way(seconds, f"every {poll} s", theirs, theirs / ours, loops))
    heads = ["Job takes", "Way", "Transitions", "Times ours", "Calls", "Calls a second, 250 jobs"]
    return table(heads, rows)


def _way(seconds: int, way: str, transitions: int, ratio: float, calls: int) -> list[str]:
    rate = 250 * calls / seconds
    return [f"{seconds // 60} min", way, f"{transitions:,}", f"{ratio:.0f}", f"{calls:,}",
            f"{rate:.1f}"]  # fmt: skip


def _calls(taken: Sequence[Taken]) -> str:
    rows = [
        [one.name, f"{one.texts:,}", f"{one.batch_calls + one.pii_calls:,}",
         f"{one.single_calls:,}", f"{one.single_calls / (one.batch_calls + one.pii_calls):.1f}"]
        for one in taken
        if one.batch_calls
    ]  # fmt: skip
    heads = ["Document", "Texts", "Calls of Comprehend", "One text each", "Times ours"]
    return table(heads, rows)


def _children(taken: Sequence[Taken]) -> str:
    step, request = prices()["state_transition"], prices()["express_request"]
    rows = []
    for one in taken:
        if not one.children:
            continue
        standard, express = step.most(one.child_transitions), request.most(one.children)
        share = 100 * (standard - express) / one.ai_dollars.low
        rows.append(
            [one.name, f"{one.children:,}", f"{one.child_transitions:,}", f"{standard:.4f}",
             f"{express:.4f}", f"{one.ai_dollars.low:.4f}", f"{share:.1f} %"]
        )  # fmt: skip
    heads = ["Document", "Children", "Their transitions", "Standard, $", "Express, $",
             "AI services, $", "Express would save, of AI"]  # fmt: skip
    return table(heads, rows)
