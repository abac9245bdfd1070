"""Send a drawn shop day through the deployed architecture, and read the answers."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rich.console import Console

from benchmarks.costs.bill import Range
from benchmarks.costs.retail_demographics import Shop, per_image
from demos.athena import ask
from demos.results import Cost, Phase
from demos.retail_demographics import gather, terminal
from demos.retail_demographics.day import Day, File, draw_day
from demos.retail_demographics.questions import QUESTIONS
from demos.retail_demographics.results import Results, Sent
from demos.retail_demographics.verdict import problems
from demos.retail_demographics.watch import Deployed, Seen, dead_letters, refusals, wait
from demos.retail_demographics.web_report import report
from demos.stage import DemoError, Stage
from sandbox.client import Sandbox
from stacks.settings import load_settings

STACK = "RetailDemographics"
STACKS = (STACK,)
# Both keys of deletion; no waiting for a batch to fill; few instances, for a machine of few cores.
CONTEXT = {
    "removal.data_is_disposable": "true",
    "removal.destroy_deletes_data": "true",
    "retail_demographics.batch_window_seconds": "2",
    "retail_demographics.calls_per_instance": "25",
    "retail_demographics.batch_size": "100",
}
UPLOADERS = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of the day, ready to be shown."""

    results: Results

    def problems(self) -> Sequence[str]:
        """Say what came out wrong."""
        return problems(self.results.account)

    def show(self, console: Console) -> None:
        """Print the tables."""
        terminal.show(console, self.results)

    def page(self, phases: Sequence[tuple[str, float]]) -> str:
        """Write the page, now that all phases are known."""
        return report(replace(self.results, phases=tuple(Phase(*phase) for phase in phases)))


def prepare() -> Day:
    """Draw the day."""
    return draw_day()


def play(sandbox: Sandbox, stage: Stage, day: Day) -> Outcome:
    """Upload, wait until every file has an outcome, ask the views."""
    stack = Deployed.named_by(sandbox.outputs(STACK))
    sandbox.forget_calls()
    with stage.phase("upload frames and bad files"):
        upload(sandbox, stack, day)
    with stage.phase("analyse"):
        seen, refused = watch(sandbox, stack, day, stage)
    calls = sandbox.calls()
    if not seen.objects:
        raise DemoError(_nothing(refused or refusals(sandbox, stack), stack, sandbox))
    with stage.phase("ask Athena"):
        answers = ask(
            sandbox,
            workgroup=stack.workgroup,
            database=stack.database,
            queries=QUESTIONS,
        )
    account = gather.account_of(
        day,
        answers,
        dead_letters=dead_letters(sandbox, stack),
        left_in_bucket=left_in_bucket(sandbox, stack, day),
        refused=tuple(refused),
    )
    mine = load_settings(overrides=CONTEXT).retail_demographics
    sent = len(day.good) + len(day.bad)
    return Outcome(
        Results(
            ran_at=datetime.now(UTC),
            day=day.date,
            group_size=mine.smallest_group,
            age_bands=tuple(band.name for band in mine.age_bands),
            thresholds=dict(mine.thresholds),
            sent=Sent(
                frames=len(day.good),
                bad_files=len(day.bad),
                size_bytes=sum(len(file.content) for file in (*day.good, *day.bad)),
                faces_drawn=account.faces_drawn,
                stores=day.stores,
                cameras=day.cameras,
                hours=len({hour for _, hour in day.hours}),
            ),
            account=account,
            footfall=gather.footfall_of(day, answers["groups"]),
            groups=gather.groups_of(day, answers["groups"]),
            profile=gather.profile_of(answers["profile"]),
            rejects=gather.rejects_of(answers["rejects"]),
            frames=gather.samples_of(day, answers["faces"]),
            phases=(),
            costs=costs(calls, sent, len(seen.objects)),
            calls=calls,
            objects_written=len(seen.objects),
            synthetic=synthetic(sandbox, day),
            retention_days=mine.result_days,
        )
    )


def upload(sandbox: Sandbox, stack: Deployed, day: Day) -> None:
    """Put every file into the bucket, as any client would; delete again what is to be gone."""
    s3 = sandbox.client("s3")

    def put(file: File) -> None:
        reply = s3.put_object(Bucket=stack.frames, Key=file.key, Body=file.content)
        if file.reason == "gone":
            s3.delete_object(Bucket=stack.frames, Key=file.key, VersionId=reply["VersionId"])

    with ThreadPoolExecutor(UPLOADERS) as pool:
        list(pool.map(put, (*day.bad, *day.good)))


def watch(sandbox: Sandbox, stack: Deployed, day: Day, stage: Stage) -> tuple[Seen, list[str]]:
    """Wait with a bar that fills as frames get their outcome."""
    expected = len(day.good) + len(day.bad)
    with stage.progress() as bar:
        task = bar.add_task("frames", total=expected, note="waiting for the first batch")

        def tell(seen: Seen) -> None:
            note = f"{seen.faces} faces, {len(seen.rejected)} set aside"
            bar.update(task, completed=seen.frames, note=note)

        return wait(sandbox, stack, expected, tell)


def left_in_bucket(sandbox: Sandbox, stack: Deployed, day: Day) -> int:
    """Count versions of good frames that still exist."""
    good = {file.key for file in day.good}
    pages = sandbox.client("s3").get_paginator("list_object_versions").paginate(Bucket=stack.frames)
    return sum(version["Key"] in good for page in pages for version in page.get("Versions", ()))


def synthetic(sandbox: Sandbox, day: Day) -> tuple[str, ...]:
    """Ask about one of the day's frames which parts of the answer are made up."""
    answer = sandbox.client("rekognition").detect_faces(
        Image={"Bytes": day.good[0].content}, Attributes=["ALL"]
    )
    header = answer["ResponseMetadata"]["HTTPHeaders"].get("x-sandbox-synthetic", "")
    return tuple(name for name in header.split(",") if name)


def costs(calls: Mapping[str, int], images: int, objects: int) -> tuple[Cost, ...]:
    """Price this run: the calls and objects that were counted, and the model for the rest."""
    asked = calls.get("rekognition:DetectFaces", 0) / images
    written = objects / images
    shop = Shop(calls=Range(asked, asked), objects=Range(written, written))
    return tuple(Cost(line.item, line.low, line.high, line.why) for line in per_image(images, shop))


def _nothing(refused: Sequence[str], stack: Deployed, sandbox: Sandbox) -> str:
    if refused:
        return f"no frame was counted; AWS refused: {' | '.join(refused)}"
    return (
        f"no frame was counted, and {dead_letters(sandbox, stack)} messages are in the dead-letter "
        "queue; run it again with KEEP=1 and read the function's log"
    )
