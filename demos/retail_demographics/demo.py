"""Send a drawn shop day through the deployed architecture, and read the answers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from costs.bill import Line, exactly
from costs.retail_demographics import Shop, per_image
from demos.advice import nothing
from demos.athena import ask
from demos.demo import Demo
from demos.deployed import dead_letters, synthetic, upload
from demos.report.sections import Report
from demos.retail_demographics import results
from demos.retail_demographics.checks import account_of
from demos.retail_demographics.inputs import Day, File, Odd, draw_frames, make_odd
from demos.retail_demographics.progress import Outputs, Seen, wait
from demos.retail_demographics.report import report
from demos.stage import DemoError, Stage
from sandbox.host.client import Sandbox
from stacks.retail_demographics.settings import RetailDemographics
from stacks.settings import load_settings

STACK = "RetailDemographics"
# No long wait for a batch to fill; few instances, for a machine of few cores, busy until the end.
CONTEXT = {
    "retail_demographics.batch_window_seconds": "1",
    "retail_demographics.calls_per_instance": "25",
    "retail_demographics.batch_size": "47",  # eight full batches: none waits for another message
}
QUESTIONS = {
    "frames": "SELECT object_key, faces_in_frame FROM frames",
    "faces": "SELECT * FROM faces",
    "rejects": "SELECT object_key, reason, detail, size_bytes FROM rejected_frames",
    "groups": "SELECT * FROM demographics_by_store_hour",
    "profile": "SELECT attribute, threshold, faces, share FROM confidence_profile",
}


def play(sandbox: Sandbox, stage: Stage, odd: Odd) -> Report:
    """Upload, wait until every file has an outcome, ask the views."""
    stack = Outputs.of(sandbox.outputs(STACK))
    sandbox.forget_calls()
    with stage.phase("draw and upload frames, and bad files"):
        day = send(sandbox, stack, odd)
    with stage.phase("analyse"):
        seen, refused = watch(sandbox, stack, day, stage)
    calls = sandbox.calls()
    if not seen.objects:
        given_up = f"{dead_letters(sandbox, stack)} messages"
        raise DemoError(nothing("no frame was counted", refused, given_up, "the function's log"))
    with stage.phase("ask Athena"):
        answers = ask(sandbox, stack, QUESTIONS)
    account = account_of(
        day,
        answers,
        dead_letters=dead_letters(sandbox, stack),
        left_in_bucket=left_in_bucket(sandbox, stack, day),
        refused=tuple(refused),
    )
    mine = load_settings(overrides=CONTEXT).of(RetailDemographics)
    sent = len(day.good) + len(day.bad)
    return report(
        results.Results(
            ran_at=datetime.now(UTC),
            day=day.date,
            group_size=mine.smallest_group,
            age_bands=tuple(band.name for band in mine.age_bands),
            thresholds=dict(mine.thresholds),
            sent=results.Sent(
                frames=len(day.good),
                bad_files=len(day.bad),
                size_bytes=sum(len(file.content) for file in (*day.good, *day.bad)),
                faces_drawn=account.faces_drawn,
                stores=day.stores,
                cameras=day.cameras,
                hours=len({hour for _, hour in day.hours}),
            ),
            account=account,
            footfall=results.footfall_of(day, answers["groups"]),
            groups=results.groups_of(day, answers["groups"]),
            profile=results.profile_of(answers["profile"]),
            rejects=results.rejects_of(answers["rejects"]),
            frames=results.samples_of(day, answers["faces"]),
            costs=costs(calls, sent, len(seen.objects)),
            calls=calls,
            objects_written=len(seen.objects),
            synthetic=made_up(sandbox, day),
            retention_days=mine.result_days,
        )
    )


def send(sandbox: Sandbox, stack: Outputs, odd: Odd) -> Day:
    """Upload every file, frames as they are drawn: the function begins with the first of them.

    What is to be gone goes first, so that the function looks for it in vain.
    """
    s3, bucket = sandbox.client("s3"), stack.frames_bucket_name
    gone = [file for file in odd.bad if file.reason == "gone"]
    for key, version in upload(sandbox, bucket, gone).items():
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    now, drawn = datetime.now(UTC), list[File]()

    def files() -> Iterator[File]:
        yield from (file for file in (*odd.bad, *odd.good) if file not in gone)
        for frame in draw_frames(now):
            drawn.append(frame)
            yield frame

    upload(sandbox, bucket, files())
    day = f"{now - timedelta(days=1):%Y-%m-%d}"
    return Day(date=day, good=(*drawn, *odd.good), bad=odd.bad)


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


def costs(calls: Mapping[str, int], images: int, objects: int) -> list[Line]:
    """Price this run: the calls and objects that were counted, and the model for the rest."""
    asked = calls.get("rekognition:DetectFaces", 0) / images
    written = objects / images
    shop = Shop(calls=exactly(asked), objects=exactly(written))
    return per_image(images, shop)


DEMO = Demo(
    stacks=(STACK,),
    context=CONTEXT,
    prepare=make_odd,
    play=play,
)
