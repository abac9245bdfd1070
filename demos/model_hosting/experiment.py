"""A challenger beside the champion: asked, told what came true, shifted, and the winner alone."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple

from demos.model_hosting.caller import Caller
from demos.stage import DemoError
from fixtures.served_model import bought, rows_of
from operations.experiments import rows
from sandbox.host.client import Sandbox

PERCENTS = [40, 60, 80, 100]  # of the challenger, from its coming on
ASKED = 120  # requests at each of them
PATIENCE = 180.0  # seconds


class Stretch(NamedTuple):
    """What was asked between two shifts: the challenger's share, and who answered how often."""

    percent: float
    variants: Mapping[str, int]
    failed: int


class Compared(NamedTuple):
    """The stretches, keys that went back to the champion, what the readout says, its records."""

    stretches: Sequence[Stretch]
    went_back: int
    rows: Sequence[Sequence[str]]
    verdict: str
    records: Sequence[str]


class Experiment:
    """Follows one experiment from a challenger's coming to its last share."""

    def __init__(self, sandbox: Sandbox, outputs: Mapping[str, str], caller: Caller) -> None:
        self._sandbox, self._outputs, self._caller = sandbox, outputs, caller
        self._s3, self._bucket = sandbox.client("s3"), outputs["CapturesBucketName"]
        self._told = 0

    def follow(self, seed: int) -> Compared:
        """Ask at each share, telling what came true by ``seed``, until the schedule is at its end.

        The same callers come each time.
        """
        stretches, before, went_back = list[Stretch](), dict[str, str](), 0
        for percent in PERCENTS:
            self._wait_for(percent)
            answered, failed = self._ask(seed)
            stretches.append(Stretch(percent, Counter(answered.values()), failed))
            went_back += sum(
                variant == "Champion" and before.get(key) == "Challenger"
                for key, variant in answered.items()
            )
            before = answered
        told = self._read()
        records = [f"{r['what']}, {r['percent']:g} %" for r in self._records()]
        return Compared(stretches, went_back, rows(told), told["verdict"], records)

    def _ask(self, seed: int) -> tuple[dict[str, str], int]:
        answered, failed, truths = dict[str, str](), 0, list[str]()
        for number, row in enumerate(rows_of(ASKED, seed=self._told)):
            status, told = self._caller.ask([row], key=f"shopper-{number}")
            if status != 200:
                failed += 1
                continue
            answered[f"shopper-{number}"] = told["variant"]
            data = {"data": str(int(bought(row, seed))), "encoding": "CSV"}
            about = {"eventId": told["id"]}
            truths.append(json.dumps({"groundTruthData": data, "eventMetadata": about}))
        self._told += 1
        at = f"{self._sandbox.now():%Y/%m/%d/%H}"
        self._s3.put_object(
            Bucket=self._bucket,
            Key=f"truths/{at}/{self._told}.jsonl",
            Body="\n".join(truths).encode(),
        )
        return answered, failed

    def _wait_for(self, percent: int) -> None:
        end = monotonic() + PATIENCE
        while not any(record["percent"] == percent for record in self._records()):
            if monotonic() > end:
                raise DemoError(
                    f"no {percent} %: look at the executions of the machine that shifts"
                )
            self._sandbox.pass_time()

    def _records(self) -> list[Mapping[str, Any]]:
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix="experiments/")
        records = [
            json.loads(self._s3.get_object(Bucket=self._bucket, Key=each["Key"])["Body"].read())
            for each in found.get("Contents", ())
        ]
        return sorted(records, key=lambda record: str(record["at"]))

    def _read(self) -> Mapping[str, Any]:
        name = self._outputs["ReadExperimentFunctionName"]
        reply = self._sandbox.client("lambda").invoke(FunctionName=name)
        told: Mapping[str, Any] = json.loads(reply["Payload"].read())
        if "FunctionError" in reply:
            raise DemoError(f"the experiment could not be read: {told}")
        return told
