"""What the sandbox made up."""

from demos.synthetic import synthetic


def reply(**headers):
    return {
        "ResponseMetadata": {"HTTPHeaders": {k.replace("_", "-"): v for k, v in headers.items()}}
    }


def test_what_several_replies_mark_is_named_once_and_in_order():
    replies = [reply(x_sandbox_synthetic="Age,Mood"), reply(x_sandbox_synthetic="Mood,Name")]
    assert synthetic(replies) == ("Age", "Mood", "Name")


def test_a_reply_without_the_mark_is_real():
    assert synthetic([reply(server="x"), reply(x_sandbox_synthetic="")]) == ()
