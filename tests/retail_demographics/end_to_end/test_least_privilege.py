"""The function's role holds nothing that could be taken away unnoticed."""

import json
import re

from fixtures.faces import draw_frame

ROLE = "AnalyzeFaces"


def send_one_of_each(shop, name):
    """Send a good frame, a file that is no picture, and a frame that is gone when looked at."""
    frames = shop.outputs["FramesBucketName"]
    good = draw_frame(int(name), faces=1, size=(320, 240), format="jpeg").image
    gone = shop.s3.put_object(Bucket=frames, Key=f"Bergen/door/{name} gone.jpg", Body=good)
    shop.s3.delete_object(
        Bucket=frames, Key=f"Bergen/door/{name} gone.jpg", VersionId=gone["VersionId"]
    )
    shop.send([(f"Bergen/door/{name}.jpg", good), (f"Bergen/door/{name} note.jpg", b"no picture")])


def test_whichever_action_is_taken_away_something_says_so(calm, rights, subtests):
    shop, found = calm, rights.of(ROLE)
    shop.redeliver_after(seconds=1)
    assert len(found) >= 15

    def denials(refusal):
        return len(refusal.findall(shop.log() + json.dumps(shop.sandbox.problems())))

    for number, right in enumerate(found):
        with subtests.test(action=right.action, policy=right.policy):
            shop.sandbox.forget_problems()
            assert rights.is_missed(
                right,
                lambda name=f"{number:02}": send_one_of_each(shop, name),
                denials=denials,
                # All that the function logs of a refusal is what it may not do.
                refusal=re.compile(rf"\b{right.action}\b"),
                seconds=15,
            )
    shop.settle()


def test_the_role_writes_results_and_reads_none(rights):
    touching = [right.action for right in rights.of(ROLE) if "detections" in right.resource]
    assert touching == ["s3:PutObject"]
