"""The function's role holds nothing that could be taken away unnoticed."""

import json
from copy import deepcopy

from fixtures.faces import draw_frame

QUIET_ACTION = "sts:GetCallerIdentity"  # a statement must name one; this one needs no permission


def grants(documents):
    """List every (policy, statement number, action) of a role."""
    for policy, document in documents.items():
        for number, statement in enumerate(document["Statement"]):
            for action in actions_of(statement):
                yield policy, number, action


def actions_of(statement):
    """List the actions of a statement, which IAM lets be one text."""
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


def without(documents, policy, number, action):
    """Give the one policy that changes when an action is taken out."""
    changed = deepcopy(documents[policy])
    statement = changed["Statement"][number]
    kept = [other for other in actions_of(statement) if other != action]
    statement["Action"] = kept or [QUIET_ACTION]
    return {policy: changed}


def send_one_of_each(shop, name):
    """Send a good frame, a file that is no picture, and a frame that is gone when looked at."""
    frames = shop.outputs["FramesBucketName"]
    good = draw_frame(int(name), faces=1, size=(320, 240), format="jpeg").image
    gone = shop.s3.put_object(Bucket=frames, Key=f"Bergen/door/{name} gone.jpg", Body=good)
    shop.s3.delete_object(
        Bucket=frames, Key=f"Bergen/door/{name} gone.jpg", VersionId=gone["VersionId"]
    )
    shop.send([(f"Bergen/door/{name}.jpg", good), (f"Bergen/door/{name} note.jpg", b"no picture")])


def test_whichever_action_is_taken_away_something_says_so(calm, role, subtests):
    shop, found = calm, list(grants(role.documents))
    shop.redeliver_after(seconds=1)
    assert len(found) >= 15
    for number, (policy, statement, action) in enumerate(found):
        with subtests.test(action=action, policy=policy):
            before = len(shop.log())
            shop.sandbox.forget_problems()
            role.write(without(role.documents, policy, statement, action))
            send_one_of_each(shop, f"{number:02}")
            shop.wait_for(
                lambda named=action, start=before: (
                    named in shop.log()[start:] + json.dumps(shop.sandbox.problems())
                ),
                15,
            )
            role.write(role.documents)
    shop.settle()


def test_the_role_writes_results_and_reads_none(role):
    touching = [
        action
        for document in role.documents.values()
        for statement in document["Statement"]
        if "detections" in json.dumps(statement["Resource"])
        for action in actions_of(statement)
    ]
    assert touching == ["s3:PutObject"]
