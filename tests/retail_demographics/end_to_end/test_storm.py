"""Throttles, server errors, duplicates, disorder, a killed function: nothing lost or doubled."""

import os
from collections import Counter

from fixtures.bad_files import bad_files
from fixtures.faces import draw_frame

STORES = ("Aarhus", "Évora", "São Paulo")
FRAMES = int(os.environ.get("STORM_FRAMES", "300"))
STORM = [
    {"action": "rekognition:DetectFaces", "rate": 0.1, "code": "ThrottlingException", "seed": 1},
    {"action": "s3:PutObject", "rate": 0.02, "code": "InternalError", "seed": 2},
    {"action": "kms:*", "rate": 0.01, "code": "ThrottlingException", "seed": 4},
    {"action": "logs:PutLogEvents", "code": "ServiceUnavailable", "times": 1},
    {"action": "sqs:ReceiveMessage", "code": "InternalError", "times": 2},
    {"action": "sqs:DeleteMessage", "code": "InternalError", "times": 1},
    {"action": "dynamodb:BatchGetItem", "code": "ThrottlingException", "times": 1},
    {"event": "sqs", "duplicate": 0.05, "shuffle": True, "seed": 3},
    # The worst moment: rows are written, and nothing says so yet.
    {"kill_function": "AnalyzeFaces", "action": "dynamodb:BatchWriteItem", "times": 1},
]


def frames_of_a_day(count):
    """Draw frames of three stores, 0 to 3 people in each."""
    return {
        f"{STORES[number % 3]}/cam {number % 4}/{number:05}.jpg": draw_frame(
            number, faces=number % 4, size=(320, 240), format="jpeg"
        )
        for number in range(count)
    }


def test_every_face_is_counted_once_and_every_bad_file_is_set_aside(calm):
    shop, drawn, bad = calm, frames_of_a_day(FRAMES), bad_files(STORES[0])
    good = [(key, frame.image) for key, frame in drawn.items()]
    shop.redeliver_after(seconds=15)
    shop.sandbox.faults(STORM)
    shop.send([*good, *((file.key, file.content) for file in bad)])
    shop.settle(120 + FRAMES / 10)
    hits = [rule["hits"] for rule in shop.sandbox.faults()]
    shop.sandbox.faults([])

    assert all(hits), f"a fault never struck: {hits}"
    assert shop.dead_letters() == 0
    # What a rule made AWS drop is a line of a log, and nothing else.
    dropped = [p for p in shop.sandbox.problems() if "injected by the sandbox" not in p["message"]]
    assert not dropped

    mine = "WHERE store IN ('Aarhus', 'Évora', 'São Paulo')"
    counted = shop.ask(f"SELECT object_key, faces_in_frame FROM frames {mine}")
    assert Counter(row["object_key"] for row in counted) == Counter(list(drawn))
    faces = Counter(row["object_key"] for row in shop.ask(f"SELECT object_key FROM faces {mine}"))
    assert faces == Counter({row["object_key"]: int(row["faces_in_frame"]) for row in counted})
    truth = Counter({key: len(frame.people) for key, frame in drawn.items()})
    wrong = (faces - truth) + (truth - faces)
    assert wrong.total() <= 0.03 * truth.total(), "the detector, not the flow, is off"

    rejected = shop.ask(f"SELECT object_key, reason FROM rejected_frames {mine}")
    found = Counter((row["object_key"], row["reason"]) for row in rejected)
    assert found == Counter((file.key, file.reason) for file in bad)
    leftovers = {key for key in shop.keys("FramesBucketName") if key.startswith(STORES)}
    assert leftovers == {file.key for file in bad}, "counted frames are deleted, rejects are kept"
