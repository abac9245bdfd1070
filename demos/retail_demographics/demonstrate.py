"""Send a drawn shop day through the deployed architecture, and read the answers."""

from collections.abc import Mapping
from datetime import UTC, datetime

from costs.bill import exactly
from costs.retail_demographics import Shop, per_image
from demos.athena import ask
from demos.demo import Demo
from demos.outputs import dead_letters
from demos.results import Cost
from demos.retail_demographics import gather
from demos.retail_demographics.day import Day, draw_day
from demos.retail_demographics.outputs import Outputs
from demos.retail_demographics.questions import QUESTIONS
from demos.retail_demographics.results import Results, Sent
from demos.retail_demographics.terminal import show
from demos.retail_demographics.verdict import problems
from demos.retail_demographics.watch import Seen, wait
from demos.retail_demographics.web_report import report
from demos.stage import DemoError, Stage
from demos.synthetic import synthetic
from demos.upload import upload
from demos.verdict import nothing
from sandbox.host.client import Sandbox
from stacks.retail_demographics.settings import RetailDemographics
from stacks.settings import load_settings

STACK = "RetailDemographics"
# No waiting for a batch to fill; few instances, for a machine of few cores.
CONTEXT = {
    "retail_demographics.batch_window_seconds": "2",
    "retail_demographics.calls_per_instance": "25",
    "retail_demographics.batch_size": "100",
}


def play(sandbox: Sandbox, stage: Stage, day: Day) -> Results:
    """Upload, wait until every file has an outcome, ask the views."""
    stack = Outputs.of(sandbox.outputs(STACK))
    sandbox.forget_calls()
    with stage.phase("upload frames and bad files"):
        send(sandbox, stack, day)
    with stage.phase("analyse"):
        seen, refused = watch(sandbox, stack, day, stage)
    calls = sandbox.calls()
    if not seen.objects:
        given_up = f"{dead_letters(sandbox, stack)} messages"
        raise DemoError(nothing("no frame was counted", refused, given_up, "the function's log"))
    with stage.phase("ask Athena"):
        answers = ask(sandbox, stack, QUESTIONS)
    account = gather.account_of(
        day,
        answers,
        dead_letters=dead_letters(sandbox, stack),
        left_in_bucket=left_in_bucket(sandbox, stack, day),
        refused=tuple(refused),
    )
    mine = load_settings(overrides=CONTEXT).of(RetailDemographics)
    sent = len(day.good) + len(day.bad)
    return Results(
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
        costs=costs(calls, sent, len(seen.objects)),
        calls=calls,
        objects_written=len(seen.objects),
        synthetic=made_up(sandbox, day),
        retention_days=mine.result_days,
    )


def send(sandbox: Sandbox, stack: Outputs, day: Day) -> None:
    """Upload every file; what is to be gone first, so that the function looks for it in vain."""
    s3, bucket = sandbox.client("s3"), stack.frames_bucket_name
    gone = [file for file in day.bad if file.reason == "gone"]
    for key, version in upload(sandbox, bucket, gone).items():
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    upload(sandbox, bucket, [file for file in (*day.bad, *day.good) if file not in gone])


def watch(sandbox: Sandbox, stack: Outputs, day: Day, stage: Stage) -> tuple[Seen, list[str]]:
    """Wait with a bar that fills as frames get their outcome."""
    expected = len(day.good) + len(day.bad)
    with stage.progress() as bar:
        task = bar.add_task("frames", total=expected, note="waiting for the first batch")

        def tell(seen: Seen) -> None:
            note = f"{seen.faces} faces, {len(seen.rejected)} set aside"
            bar.update(task, completed=seen.frames, note=note)

        return wait(sandbox, stack, expected, tell)


def left_in_bucket(sandbox: Sandbox, stack: Outputs, day: Day) -> int:
    """Count versions of good frames that still exist."""
    good = {file.key for file in day.good}
    versions = sandbox.client("s3").get_paginator("list_object_versions")
    pages = versions.paginate(Bucket=stack.frames_bucket_name)
    return sum(version["Key"] in good for page in pages for version in page.get("Versions", ()))


def made_up(sandbox: Sandbox, day: Day) -> tuple[str, ...]:
    """Ask about one of the day's frames which parts of the answer are made up."""
    image = {"Bytes": day.good[0].content}
    return synthetic([sandbox.client("rekognition").detect_faces(Image=image, Attributes=["ALL"])])


def costs(calls: Mapping[str, int], images: int, objects: int) -> tuple[Cost, ...]:
    """Price this run: the calls and objects that were counted, and the model for the rest."""
    asked = calls.get("rekognition:DetectFaces", 0) / images
    written = objects / images
    shop = Shop(calls=exactly(asked), objects=exactly(written))
    return tuple(Cost(line.item, line.low, line.high, line.why) for line in per_image(images, shop))


DEMO = Demo(
    stacks=(STACK,),
    context=CONTEXT,
    prepare=draw_day,
    play=play,
    problems=lambda results: problems(results.account),
    show=show,
    report=report,
)
