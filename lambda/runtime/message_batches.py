"""A batch of SQS messages that announce objects, and which of them have to come again."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from runtime.object_events import UnreadableMessageError
from runtime.object_versions import ObjectVersion

Version = TypeVar("Version", bound=ObjectVersion)


@dataclass(frozen=True, slots=True)
class Batch(Generic[Version]):
    """The objects that a batch of messages announces, each once by its id, and who announced them.

    ``unreadable`` says by message what is wrong with it. Folder markers are counted and left alone.
    """

    objects: Mapping[str, Version]
    announced_by: Mapping[str, frozenset[str]]
    unreadable: Mapping[str, str]
    repeats: int
    folder_markers: int

    def messages_to_retry(self, unfinished: Collection[str]) -> list[str]:
        """List the ids of messages with an unfinished object, and of those that nobody can read."""
        unfinished = frozenset(unfinished)
        waiting = [m for m, ids in self.announced_by.items() if not ids.isdisjoint(unfinished)]
        return [*waiting, *self.unreadable]

    def response(self, unfinished: Collection[str]) -> dict[str, list[dict[str, str]]]:
        """Tell SQS which messages to deliver again; it deletes all others.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
        """
        messages = self.messages_to_retry(unfinished)
        return {"batchItemFailures": [{"itemIdentifier": message} for message in messages]}


def read_batch(
    messages: Iterable[Mapping[str, Any]],
    read: Callable[[str, type[Version]], Iterable[Version]],
    kind: type[Version],
) -> Batch[Version]:
    """Read all messages of an SQS event, in whatever order and however often they come.

    ``read`` makes objects of a ``kind`` from a message's body, as ``runtime.object_events`` does.
    """
    objects: dict[str, Version] = {}
    announced_by: dict[str, frozenset[str]] = {}
    unreadable: dict[str, str] = {}
    announcements = folder_markers = 0
    for message in messages:
        try:
            announced = list(read(message["body"], kind))
        except UnreadableMessageError as error:
            unreadable[message["messageId"]] = str(error)
            continue
        files = [each for each in announced if not each.is_folder_marker]
        folder_markers += len(announced) - len(files)
        announcements += len(files)
        for each in files:
            # Where two announcements of one object differ, the same one wins in any order.
            objects[each.object_id] = min(each, objects.get(each.object_id, each), key=_age)
        announced_by[message["messageId"]] = frozenset(each.object_id for each in files)
    return Batch(objects, announced_by, unreadable, announcements - len(objects), folder_markers)


def _age(version: ObjectVersion) -> tuple[datetime, str, int, str]:
    return version.event_time, version.sequencer, version.size_bytes, version.e_tag
