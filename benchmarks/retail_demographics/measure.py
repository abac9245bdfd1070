"""Many frames in one object beside one CSV for each image, interleaved in one sandbox."""

from collections.abc import Iterator
from itertools import islice

from benchmarks.retail_demographics.baseline import deploy_baseline
from benchmarks.retail_demographics.images import (
    import_times,
    one_object_each,
    one_round,
    rows_of_frames,
)
from benchmarks.retail_demographics.rounds import Import, Round, compared, spread
from demos.demo import DISPOSABLE
from demos.retail_demographics.demo import CONTEXT, STACK
from fixtures.faces import draw_frame
from sandbox.host import client
from sandbox.host.process import SandboxError

# As the demo sets it, but for batches of the default size.
SETTINGS = {k: v for k, v in (DISPOSABLE | CONTEXT).items() if not k.endswith(".batch_size")}
ROUNDS = 3
IMAGES = 400
WARM_UP = 40
PICTURES = 40  # different ones; keys and versions differ anyway, and drawing takes time


def keys(prefix: str) -> Iterator[str]:
    """Give keys without end, one store and camera in turn."""
    for n in range(1_000_000):
        yield f"store-{n % 3}/door/{prefix}-{n:06}.jpg"


def measure() -> tuple[list[Round], list[Round]]:
    """Deploy both into one sandbox, warm both up, then take turns."""
    pictures = [draw_frame(n, faces=n % 4, size=(320, 240), format="jpeg").image
                for n in range(PICTURES)]  # fmt: skip
    names = {"ours": keys("a"), "baseline": keys("b")}
    with client.start() as sandbox:
        outputs = sandbox.deploy(STACK, context=SETTINGS, say=lambda line: None)[STACK]
        systems = {
            "ours": (outputs["FramesBucketName"], outputs["ResultsBucketName"], rows_of_frames),
            "baseline": (*deploy_baseline(sandbox), one_object_each),
        }
        rounds: dict[str, list[Round]] = {name: [] for name in systems}
        for turn in range(ROUNDS + 1):
            for name, (frames, results, done) in systems.items():
                count = IMAGES if turn else WARM_UP
                images = [
                    (key, pictures[n % PICTURES])
                    for n, key in enumerate(islice(names[name], count))
                ]
                taken = one_round(sandbox, frames, results, images, done)
                print(f"{name}: {taken.images} images in {taken.seconds:.1f} s")
                if turn:
                    rounds[name].append(taken)
    if lost := sum(taken.lost for taken in rounds["ours"]):
        raise SandboxError(f"{lost} images were lost: run make demo, which says what is wrong")
    return rounds["ours"], rounds["baseline"]


def report() -> str:
    """Measure, and write about it."""
    return section(*measure(), import_times())


def section(ours: list[Round], baseline: list[Round], imports: Import) -> str:
    """Write what was measured, how, and what it does not say."""
    return f"""### Many frames per object, against one CSV per image

{len(ours)} rounds of {ours[0].images} images each, the two systems in turn, in one sandbox with IAM
enforced. The baseline is `benchmarks/retail_demographics/one_csv_per_image.py`: S3 calls a function
per image, which writes an object per image, with no queue, ledger, retry or key of its own. Time
runs from the first upload to the last row; the batch window is two seconds, each instance takes 25
calls a second.

{compared(ours, baseline)}

The rounds gave {spread(ours)} images per second, the baseline's {spread(baseline)}.
The sandbox grants both 50 DetectFaces calls a second, as us-east-1 does: the architecture keeps to
that, the baseline runs into it and relies on retries. Compare ratios only: emulator, functions and
detector share one machine.

### Import budget of the handler

Median of fresh processes, in milliseconds. Lambda bills initialization, so what a handler imports
costs money.

| Imported | ms |
| --- | ---: |
| nothing | {imports.bare:.0f} |
| boto3, which every function pays | {imports.boto3:.0f} |
| `retail_demographics.analyze_faces` | {imports.handler:.0f} |
| of that, ours and Powertools' | {imports.ours:.0f} |
"""
