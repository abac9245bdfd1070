"""Set what came out against what went in, frame by frame: nothing lost, nothing twice. Pure."""

from collections import Counter

from demos.advice import SHOWN, about, together
from demos.athena import Answers
from demos.report.blocks import Check
from demos.retail_demographics.inputs import Day
from demos.retail_demographics.results import Account


def account_of(
    day: Day,
    answers: Answers,
    *,
    dead_letters: int,
    left_in_bucket: int,
    refused: tuple[str, ...] = (),
) -> Account:
    """Count what came out against what went in, key by key."""
    frames = Counter(row["object_key"] for row in answers["frames"])
    faces = Counter((row["object_key"], row["face_index"]) for row in answers["faces"])
    reasons = {row["object_key"]: row["reason"] for row in answers["rejects"]}
    reported = {row["object_key"]: int(row["faces_in_frame"]) for row in answers["frames"]}
    repeated = {key for (key, _), rows in faces.items() if rows > 1}
    good = {file.key: file for file in day.good}
    # The function may look at a file before the demo has deleted it: then it is counted.
    bad = [file for file in day.bad if file.reason != "gone" or file.key not in frames]
    lost = [key for key in good if key not in frames and key not in reasons]
    twice = [key for key in frames if frames[key] > 1 or key in repeated]
    return Account(
        frames_sent=len(good),
        frames_counted=sum(frames[key] == 1 for key in good),
        frames_lost=tuple(lost),
        frames_counted_twice=tuple(twice),
        faces_drawn=sum(file.drawn for file in day.good),
        faces_reported=sum(reported.values()),
        faces_in_views=sum(faces.values()),
        frames_unlike_drawing=sum(
            reported.get(key, file.drawn) != file.drawn for key, file in good.items()
        ),
        bad_files_sent=len(bad),
        bad_files_rejected=sum(file.key in reasons for file in bad),
        bad_files_missing=tuple(file.key for file in bad if file.key not in reasons),
        good_files_rejected=tuple(key for key in good if key in reasons),
        other_reasons=tuple(
            f"{file.key!r} is {reasons[file.key]}, not {file.reason}"
            for file in bad
            if reasons.get(file.key, file.reason) != file.reason
        ),
        dead_letters=dead_letters,
        frames_left_in_bucket=left_in_bucket,
        refused=refused,
    )


def checks(account: Account) -> list[Check]:
    """Compare; the advice names the keys to look at."""
    a = account
    unlike = {*a.frames_lost, *a.frames_counted_twice, *a.good_files_rejected}
    others = "; ".join(a.other_reasons[:SHOWN])
    return [
        Check(
            "Calls that AWS refused",
            0,
            len(a.refused),
            f"AWS refused: {' | '.join(a.refused)}",
            "every right that is needed was granted",
        ),
        Check(
            "Frames",
            a.frames_sent,
            a.frames_sent - len(unlike),
            together(
                [
                    about(a.frames_lost, "lost: sent, but in no view and no reject"),
                    about(a.frames_counted_twice, "counted more than once in the views"),
                    about(a.good_files_rejected, "rejected, though they are good pictures"),
                ]
            ),
            "each in exactly one analysis",
        ),
        Check(
            "Bad files",
            a.bad_files_sent,
            a.bad_files_sent - len(a.bad_files_missing) - len(a.other_reasons),
            together(
                [
                    about(
                        a.bad_files_missing,
                        "neither rejected nor known: bad files that vanished",
                    ),
                    f"rejected for another reason than expected: {others}" if others else "",
                ]
            ),
            "each set aside with its reason",
        ),
        Check(
            "Faces",
            a.faces_reported,
            a.faces_in_views,
            f"the view faces has {a.faces_in_views} rows where Rekognition reported "
            f"{a.faces_reported} faces: compare faces_in_frame with the rows per frame_id",
            "reported by Rekognition, rows in the view",
        ),
        Check(
            "Dead letters",
            0,
            a.dead_letters,
            f"{a.dead_letters} messages in the dead-letter queue: read the function's log, mend "
            "the cause, then redrive (docs/retail_demographics.md, When it fails)",
            "messages that nobody could handle",
        ),
        Check(
            "Counted frames still in the bucket",
            0,
            a.frames_left_in_bucket,
            f"{a.frames_left_in_bucket} counted frames still in the bucket: their personal data "
            "outlives its use; read the function's log for the error of DeleteObjects",
            "deleted once counted",
        ),
    ]
