"""Say whether the day came out right: nothing lost, nothing counted twice."""

from demos.retail_demographics.results import Account
from demos.verdict import SHOWN, about


def problems(account: Account) -> list[str]:
    """Name everything that is wrong, each with the keys to look at; an empty list is good."""
    found = [f"AWS refused: {said}" for said in account.refused]
    found += [
        about(account.frames_lost, "lost: sent, but in no view and no reject"),
        about(account.frames_counted_twice, "counted more than once in the views"),
        about(account.good_files_rejected, "rejected, though they are good pictures"),
        about(account.bad_files_missing, "neither rejected nor known: bad files that vanished"),
    ]
    if account.other_reasons:
        found.append(
            f"rejected for another reason than expected: {'; '.join(account.other_reasons[:SHOWN])}"
        )
    if account.faces_in_views != account.faces_reported:
        found.append(
            f"the view faces has {account.faces_in_views} rows where Rekognition reported "
            f"{account.faces_reported} faces: compare faces_in_frame with the rows per frame_id"
        )
    if account.dead_letters:
        found.append(
            f"{account.dead_letters} messages in the dead-letter queue: read the function's log, "
            "mend the cause, then redrive (docs/retail_demographics.md, When it fails)"
        )
    if account.frames_left_in_bucket:
        found.append(
            f"{account.frames_left_in_bucket} counted frames still in the bucket: their personal "
            "data outlives its use; read the function's log for the error of DeleteObjects"
        )
    return [problem for problem in found if problem]
