"""To tell of a training set that nobody was told of yet. Pure."""

from stacks.contracts import Events
from stacks.data_lake.stages.bus import put_event
from stacks.data_lake.stages.failures import CATCH_ALL
from stacks.data_lake.stages.turn_item import update
from stacks.data_lake.stages.turns import THIS_RUN
from stacks.shared.asl import States, call, choose, jsonata

_RUN = "$states.context.Execution.Name"


def look_for_news(*, next_: str, otherwise: str) -> States:
    """Read what the run made, and whether it is what was told of last; or nothing, as yet.

    What was told of is known by content and not by run: one that was killed before it told of what
    it had made leaves that to the next.
    """
    return {
        "ReadPointer": call(
            "s3",
            "getObject",
            {"Bucket": "${Transformed}", "Key": jsonata(f"'runs/' & {_RUN} & '.json'")},
            assign={"made": jsonata("$parse($states.result.Body)")},
            catches=[CATCH_ALL],
            next_="IsNews",
        ),
        "IsNews": choose(
            ("$type($made.content_hash) = 'string' and $made.content_hash != $published", next_),
            otherwise=otherwise,
        ),
    }


def tell(event: Events, *, next_: str) -> States:
    """Put the event, then note the content; killed in between, the next run tells of it again."""
    made = ("manifest", "content_hash", "snapshot_id")
    return {
        "TellOfFeatures": put_event(
            event,
            {"run": _RUN, "table": "'${TrainingSet}'", **{name: f"$made.{name}" for name in made}},
            catches=[CATCH_ALL],
            next_="RememberPublication",
        ),
        "RememberPublication": update(
            "SET published = :hash",
            {":hash": {"S": jsonata("$made.content_hash")}, ":me": {"S": jsonata(THIS_RUN)}},
            only_if="holder = :me",
            catches=[CATCH_ALL],
            next_=next_,
        ),
    }
