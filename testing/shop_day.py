"""A made-up shop day, as the demo of retail demographics has it: for pages without a sandbox."""

from datetime import UTC, datetime
from random import Random

from costs.bill import line
from demos.report.blocks import Key, Picture, Spot
from demos.retail_demographics.results import (
    Account,
    Group,
    Kept,
    Rejected,
    Results,
    Sent,
    StoreHour,
)
from fixtures.faces import draw_frame

STORES = ("Bergen", "Lisboa", "München")
BANDS = ("child", "teen", "young adult", "adult", "senior")
AGES = (*BANDS, "withheld", "unknown")
BENDS = {"gender": 4, "emotion": 1.6, "smile": 3, "beard": 5, "eye_direction": 2}
MOODS = ("happy", "calm", "surprised", "sad", "angry", "withheld")
HOSTILE = "Bergen/door/<script>alert(1)</script>\u202egpj.exe"


def frame(seed: int, store: str) -> Picture:
    """Draw a frame of a store, with what was seen in it."""
    drawn = draw_frame(seed, faces=seed % 4, format="jpeg")
    faces = [
        Spot(
            *person.box,
            "Face",
            [
                ("age", "25-35", None),
                ("gender", person.person.gender, 97.1),
                ("emotion", person.person.mood, 91.0),
            ],
        )
        for person in drawn.people
    ]
    key = f"{store}/door/2026-11-20T09-0{seed}-00Z.jpg"
    return Picture(Key(key), drawn.image, "image/jpeg", "Drawn frame", f"{len(faces)} faces", faces)


def account() -> Account:
    """Make an account of a day on which nothing was lost."""
    return Account(240, 240, (), (), 512, 512, 512, 3, 10, 10, (), (), (), 0, 0, ())


def shop_day(account: Account) -> Results:
    """Make what a demo found on a day, with names that mean a page harm."""
    rng = Random(7)  # noqa: S311 - a picture, no secret
    hours = [f"{hour:02}" for hour in range(8, 20)]
    rush = dict(zip(hours, (0, 3, 7, 9, 14, 16, 11, 8, 9, 18, 13, 2), strict=True))
    return Results(
        ran_at=datetime(2026, 11, 20, 21, 0, tzinfo=UTC),
        day="2026-11-20",
        group_size=5,
        age_bands=BANDS,
        thresholds={"gender": 95, "emotion": 80, "smile": 90, "beard": 90},
        sent=Sent(240, 10, 18_400_000, 512, STORES, 3, 12),
        account=account,
        footfall=tuple(
            StoreHour(store, hour, 7, faces if faces == 0 or faces >= 5 else None)
            for store in STORES
            for hour in hours
            for faces in [max(rush[hour] + rng.randrange(-3, 4), 0)]
        ),
        groups=tuple(
            Group(store, dimension, value, rng.randrange(4, 40))
            for store in STORES
            for dimension, values in (("age_band", AGES), ("emotion", MOODS))
            for value in values
        ),
        profile=tuple(
            Kept(attribute, threshold, round(512 * share), share)
            for attribute, bend in BENDS.items()
            for threshold in (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)
            for share in [1 - (threshold / 100) ** bend * 0.8]
        ),
        rejects=(
            Rejected(HOSTILE, "not_an_image", "InvalidImageFormatException", 31),
            Rejected("no-store.jpg", "unexpected_key", "want <store>/<camera>/<name>", 18_233),
            Rejected("Lisboa/door/ empty + 100%.jpg", "empty", "", 0),
        ),
        frames=tuple(frame(n, STORES[n % 3]) for n in range(1, 7)),
        costs=(
            line("DetectFaces", "rekognition_detect_faces", 250, 250, "a call"),
            line("S3 PUT", "s3_put", 262, 400, "a PUT"),
        ),
        calls={"rekognition:DetectFaces": 250},
        objects_written=9,
        synthetic=("AgeRange", "Gender", "Emotions"),
        retention_days=30,
    )  # fmt: skip
