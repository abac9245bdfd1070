"""Sources of frames: their rate, their silence, and what they survive."""

import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from edge_inference.configuration import Source
from edge_inference.frame_sources import (
    FolderReader,
    Frame,
    SourceEnded,
    SourceError,
    VideoReader,
    frames,
)


class Clock:
    """A clock that goes on when somebody waits; it ends the program after so many seconds."""

    def __init__(self, ends: float = 1000, on_wait=lambda: None):
        self.now, self.ends, self.on_wait = 0.0, ends, on_wait
        self.waits: list[float] = []

    def seconds(self):
        """Give its moment."""
        return self.now

    def wait(self, seconds):
        """Go on by so much."""
        self.waits.append(seconds)
        self.now += seconds
        self.on_wait()
        return self.now < self.ends


def source(folder, **changes):
    return replace(Source("folder", str(folder), 2, 10, 1), **changes)


def write(path, level=100, size=(24, 32)):
    cv2.imwrite(str(path), np.full((*size, 3), level, np.uint8))
    return path


def test_a_folder_gives_its_pictures_in_order_and_reduced(tmp_path):
    for name in ("b.jpg", "a.png", "c.JPG", "notes.txt"):
        write(tmp_path / name.replace(".txt", ".jpg")).rename(tmp_path / name)
    reader = FolderReader(source(tmp_path, reduce=2), Clock())
    found = [reader.read() for _ in range(3)]
    assert [frame.name for frame in found] == ["a.png", "b.jpg", "c.JPG"]
    assert {frame.pixels.shape for frame in found} == {(12, 16, 3)}
    assert found[1].encoded == (tmp_path / "b.jpg").read_bytes()


def test_a_picture_that_comes_later_is_waited_for(tmp_path):
    clock = Clock()
    clock.on_wait = lambda: write(tmp_path / "a.jpg") if clock.now > 5 else None
    assert FolderReader(source(tmp_path), clock).read().name == "a.jpg"


def test_a_folder_without_pictures_is_silent_after_a_set_time(tmp_path):
    clock = Clock()
    with pytest.raises(SourceError, match="had no new picture for 10 s") as caught:
        FolderReader(source(tmp_path), clock).read()
    assert caught.value.condition == "source_silent"
    assert 10 <= clock.now < 11


def test_a_folder_that_is_not_there_is_broken(tmp_path):
    with pytest.raises(SourceError, match="cannot be read") as caught:
        FolderReader(source(tmp_path / "none"), Clock()).read()
    assert caught.value.condition == "source_broken"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 half"])
def test_what_is_no_picture_is_told_and_passed_over(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    write(tmp_path / "b.jpg")
    reader = FolderReader(source(tmp_path), Clock())
    with pytest.raises(SourceError, match=r"a\.jpg is no picture") as caught:
        reader.read()
    assert caught.value.condition == "frame_broken"
    assert reader.read().name == "b.jpg"


def test_a_picture_that_is_still_written_is_waited_for(tmp_path):
    whole = write(tmp_path / "a.jpg").read_bytes()
    parts = [whole[:200], whole[:300], whole]
    (tmp_path / "a.jpg").write_bytes(parts.pop(0))
    clock = Clock(on_wait=lambda: (tmp_path / "a.jpg").write_bytes(parts.pop(0)) if parts else None)
    frame = FolderReader(source(tmp_path), clock).read()
    assert (frame.encoded, int(frame.pixels.mean())) == (whole, 100)


class Reader:
    """Gives what it is told to, one by one: a frame, or an error."""

    opened = 0

    def __init__(self, steps: Sequence[Any]):
        self.steps, self.closed = list(steps), 0

    def read(self):
        """Give the next step, or raise it."""
        step = self.steps.pop(0) if self.steps else SourceEnded()
        if isinstance(step, Exception):
            raise step
        return Frame(np.zeros((2, 2, 3), np.uint8), step)

    def close(self):
        """Count it."""
        self.closed += 1


def played(steps, clock=None, kind="rtsp"):
    reader, told = Reader(steps), []
    clock = clock or Clock()
    opened: list[Any] = []

    def open_source(*asked):
        opened.append(asked)
        return reader

    names = [
        (frame.name, clock.now)
        for frame in frames(
            source("x", kind=kind),
            clock,
            random=lambda: 0.5,
            told=lambda error: told.append(error and error.condition),
            open_source=open_source,
        )
    ]
    return names, told, len(opened), reader


def test_frames_come_at_the_set_rate():
    names, told, opened, reader = played(["a", "b", "c"])
    assert names == [("a", 0), ("b", 0.5), ("c", 1)]
    assert (told, opened, reader.closed) == ([], 1, 1)


def test_a_source_that_breaks_is_opened_again_and_told_until_it_works():
    broken = SourceError("source_silent", "x")
    names, told, opened, reader = played(["a", broken, broken, broken, "b", "c"])
    assert [name for name, _ in names] == ["a", "b", "c"]
    assert told == ["source_silent"] * 3 + [None]
    assert (opened, reader.closed) == (4, 4)
    assert names[1][1] == 0.5 * (1 + 2 + 4)  # longer each time


def test_a_source_that_stays_away_is_tried_at_most_once_a_minute_for_ever():
    clock = Clock(ends=3600)
    names, told, _, _ = played([SourceError("source_broken", "x")] * 500, clock)
    assert (names, set(told)) == ([], {"source_broken"})
    assert max(clock.waits) == 30  # half of a minute, by this test's dice
    assert len(told) > 100


def test_a_broken_frame_is_no_reason_to_open_anything_again():
    names, told, opened, _ = played(["a", SourceError("frame_broken", "x"), "b"])
    assert [name for name, _ in names] == ["a", "b"]
    assert (told, opened) == (["frame_broken"], 1)


def test_what_is_late_is_not_made_up_for():
    clock = Clock()
    late = iter([0, 0, 5, 5, 5])
    reader = Reader(["a", "b", "c", "d"])
    moments = []
    for _ in frames(
        source("x"), clock, random=lambda: 0, told=print, open_source=lambda *_: reader
    ):
        clock.now += next(late)
        moments.append(clock.now)
    assert moments == [0, 0.5, 6, 11]


def test_the_program_ends_while_it_waits():
    assert played(["a", "b", "c"], Clock(ends=0.6))[0] == [("a", 0), ("b", 0.5)]


def test_a_video_is_read_to_its_end(tmp_path):
    path = tmp_path / "birds.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (40, 120, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    video = source(path, kind="video", frames_per_second=60)
    found = list(frames(video, Clock(), random=lambda: 0, told=print))
    assert [round(int(frame.pixels.mean()), -1) for frame in found] == [40, 120, 200]


def test_a_video_that_is_none_is_broken(tmp_path):
    (tmp_path / "x.avi").write_bytes(b"no video")
    with pytest.raises(SourceError, match="does not open as video") as caught:
        VideoReader(source(tmp_path / "x.avi", kind="video"), Clock())
    assert caught.value.condition == "source_broken"


def test_a_camera_that_is_not_there_is_broken():
    with pytest.raises(SourceError, match="does not open as camera"):
        VideoReader(source("/dev/video97", kind="camera"), Clock())


def test_a_silent_host_is_given_up_in_the_set_time_and_its_password_is_not_told():
    """It accepts the connection and says nothing: OpenCV alone would wait thirty seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        accepted = []
        threading.Thread(target=lambda: accepted.append(server.accept()), daemon=True).start()
        address = f"rtsp://user:secret@127.0.0.1:{port}/stream"
        with pytest.raises(
            SourceError, match=rf"rtsp://127\.0\.0\.1:{port}/stream does not open"
        ) as caught:
            VideoReader(source(address, kind="rtsp", silent_seconds=1), Clock())
    accepted[0][0].close()
    assert (caught.value.condition, "secret" in str(caught.value)) == ("source_silent", False)
