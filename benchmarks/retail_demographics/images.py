"""Send images through a system in the sandbox, and time it until every one has its rows."""

import csv
import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.retail_demographics.rounds import Import, Round
from sandbox.host.client import Sandbox

ROOT = Path(__file__).parents[2]
UPLOADERS = 8
QUIET = 30.0
POLL = 0.2
FRESH_PROCESSES = 7
MODULES = ("sys", "boto3", "retail_demographics.analyze_faces")


def one_round(
    sandbox: Sandbox,
    frames: str,
    results: str,
    images: Sequence[tuple[str, bytes]],
    done: Callable[[Sandbox, str, set[str]], int],
) -> Round:
    """Upload images; wait until ``done`` counts them all in the new objects, or nothing comes."""
    s3 = sandbox.client("s3")
    new: set[str] = set()
    before = _objects(sandbox, results)
    sandbox.forget_calls()
    begun = time.monotonic()
    with ThreadPoolExecutor(UPLOADERS) as pool:
        for put in [
            pool.submit(s3.put_object, Bucket=frames, Key=key, Body=body) for key, body in images
        ]:
            put.result()
    counted, last = 0, time.monotonic()
    while counted < len(images) and time.monotonic() - last < QUIET:
        time.sleep(POLL)
        new = _objects(sandbox, results) - before
        now = done(sandbox, results, new)
        if now > counted:
            counted, last = now, time.monotonic()
    calls = sandbox.calls()
    return Round(
        images=len(images),
        seconds=last - begun,
        lost=len(images) - counted,
        objects=len(new),
        rekognition_calls=calls.get("rekognition:DetectFaces", 0),
        put_calls=calls.get("s3:PutObject", 0),
    )


def rows_of_frames(sandbox: Sandbox, results: str, objects: set[str]) -> int:
    """Count the different frames in the CSV of the architecture."""
    s3 = sandbox.client("s3")
    frames: set[str] = set()
    for name in objects:
        body = s3.get_object(Bucket=results, Key=name)["Body"].read().decode("utf-8")
        frames |= {row["frame_id"] for row in csv.DictReader(io.StringIO(body))}
    return len(frames)


def one_object_each(_sandbox: Sandbox, _results: str, objects: set[str]) -> int:
    """Count the objects of the baseline: each is one image."""
    return len(objects)


def import_times() -> Import:
    """Time imports in fresh processes, interleaved, with bytecode already written."""
    path = os.pathsep.join([str(ROOT / "lambda"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "AWS_DEFAULT_REGION": "us-east-1"}
    taken: dict[str, list[float]] = {module: [] for module in MODULES}
    for turn in range(FRESH_PROCESSES + 1):
        for module in MODULES:
            begun = time.perf_counter()
            command = [sys.executable, "-c", f"import {module}"]
            subprocess.run(command, env=environment, check=True)  # noqa: S603 - names of our own
            if turn:  # the first one may write bytecode
                taken[module].append(1000 * (time.perf_counter() - begun))
    return Import(*(statistics.median(taken[module]) for module in MODULES))


def _objects(sandbox: Sandbox, bucket: str) -> set[str]:
    pages = sandbox.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {item["Key"] for page in pages for item in page.get("Contents", ())}
