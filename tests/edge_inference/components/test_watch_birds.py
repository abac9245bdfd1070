"""The component as a nucleus runs it: real client, packaged model, and a nucleus that is fake."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import fastjsonschema
import pytest

from fixtures.birds.frames import draw_frame
from fixtures.birds.species import SPECIES
from testing.fake_nucleus import FakeNucleus

ROOT = Path(__file__).parents[3]
COMPONENTS = ROOT / "components"
RECIPES = {
    name: json.loads((COMPONENTS / name / "recipe.json").read_text())
    for name in ("edge_inference", "edge_model")
}
SIGHTING = fastjsonschema.compile(
    json.loads((COMPONENTS / "edge_inference" / "sighting.v1.schema.json").read_text())
)
MODEL = "com.example.BirdDetector"
FIRST, SECOND = 14, 22  # frames with a bird that the packaged model is sure of
TOPIC = "birds/devices/feeder-1/sightings"


def model_configuration(folder=COMPONENTS / "edge_model"):
    return {"description_sha256": hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()}


class Device:
    """A device: packages where a nucleus puts them, a camera's folder, and processes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.frames, self.work = folder, folder / "camera", folder / "work"
        packages = folder / "packages" / "artifacts"
        self.artifacts = packages / "com.example.BirdWatch" / "1.0.0"
        self.model = packages / MODEL / "1.0.7"
        for place in (self.artifacts, self.frames, self.work):
            place.mkdir(parents=True)
        shutil.copytree(COMPONENTS / "edge_model", self.model)
        self.configuration = {
            **RECIPES["edge_inference"]["ComponentConfiguration"]["DefaultConfiguration"],
            "source": {
                **{"kind": "folder", "address": str(self.frames), "frames_per_second": 60},
                **{"silent_seconds": 1, "reduce": 1},
            },
            "model": {"component": MODEL, "threads": 1},
            "motion": {"least_share": 0},
            "tracking": {"frames_to_confirm": 2, "gone_seconds": 0.6, "longest_seconds": 300},
            "delivery": {"topic_prefix": "birds", "receipts": "broker", "message_bytes": 4800},
            "spool": {"largest_mib": 1, "commit_seconds": 0},
            "health": {"every_seconds": 1},
        }
        self.process: subprocess.Popen[str] | None = None

    def nucleus(self, **changes):
        """Give a nucleus that has both components' configurations."""
        if "configurations" not in changes:
            told = model_configuration(self.model)
            changes["configurations"] = {"watch": self.configuration, MODEL: told}
        (self.folder / "ipc").unlink(missing_ok=True)
        return FakeNucleus(self.folder / "ipc", component="watch", **changes)

    def start(self, environment):
        """Start the component as its recipe does."""
        paths = [str(COMPONENTS), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(  # noqa: S603 - our own Python
            [sys.executable, "-m", "edge_inference.watch_birds", self.artifacts, self.work],
            env={"PYTHONPATH": os.pathsep.join(paths), "ORT_DISABLE_TELEMETRY": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def show(self, seed, count=4):
        """Let the camera see one frame, several times."""
        encoded = draw_frame(seed, width=320, height=240, species=SPECIES, least=1, most=1).jpeg()
        for number in range(count):
            temporary = self.frames / f"{seed}-{number}.part"
            temporary.write_bytes(encoded)
            temporary.rename(self.frames / f"{seed:06d}-{number:02d}.jpg")

    def ended(self, seconds=20):
        """Wait for the end; return the status and what was said."""
        assert self.process
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said

    def waiting(self):
        """Count the sightings on disk."""
        with sqlite3.connect(f"file:{self.work / 'sightings.db'}?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM records").fetchone()[0]


@pytest.fixture
def device(tmp_path):
    made = Device(tmp_path)
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.communicate()


def sightings(nucleus):
    return [
        one for topic, payload in nucleus.to_cloud if topic == TOPIC for one in json.loads(payload)
    ]


def reports(nucleus):
    return [json.loads(p) for topic, p in nucleus.to_cloud if topic.endswith("/health")]


def last(nucleus):
    """Give the newest report; before there is one, one that says nothing."""
    return (reports(nucleus) or [{"delivered": 0, "site": ""}])[-1]


def held(nucleus, condition):
    return any(condition in report["conditions"] for report in list(reports(nucleus)))


def test_birds_are_seen_told_delivered_and_forgotten(device):
    """Then the network goes, then the power; all arrives when both are back, and once each."""
    with device.nucleus() as nucleus:
        device.show(FIRST)
        device.start(nucleus.environment())
        assert nucleus.wait_for(lambda: sightings(nucleus)), device.process.poll()
        (first,) = sightings(nucleus)
        SIGHTING(first)
        assert (first["device"], first["frames"]) == ("feeder-1", 4)
        assert [topic for topic, _ in nucleus.local] == ["birds/local/sightings"]
        assert nucleus.local[0][1]["sighting_id"] == first["sighting_id"]
        assert nucleus.wait_for(lambda: last(nucleus)["delivered"] == 1)
        assert (last(nucleus)["spool_depth"], last(nucleus)["counts"]["sightings"]) == (0, 1)

        nucleus.echo = False  # the cable is cut: the nucleus takes messages, and no receipt comes
        device.show(SECOND)
        assert nucleus.wait_for(lambda: len(nucleus.local) == 2)
        deadline = time.monotonic() + 10
        while device.waiting() < 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        device.process.send_signal(signal.SIGKILL)
        device.process.communicate()
        assert device.waiting() == 1

    with device.nucleus() as nucleus:
        device.start(nucleus.environment())
        assert nucleus.wait_for(lambda: sightings(nucleus))
        (second,) = sightings(nucleus)
        SIGHTING(second)
        assert second["sighting_id"] != first["sighting_id"]
        assert nucleus.wait_for(lambda: last(nucleus)["delivered"] == 1)
        assert device.waiting() == 0
        assert nucleus.wait_for(lambda: held(nucleus, "source_silent"))
        device.process.send_signal(signal.SIGTERM)
        assert device.ended()[0] == 0


def test_a_configuration_is_asked_about_and_loaded_without_a_restart(device):
    with device.nucleus() as nucleus:
        device.start(nucleus.environment())
        assert nucleus.wait_for(lambda: reports(nucleus))
        nucleus.propose({**device.configuration, "site": ""}, "d1")
        nucleus.propose({**device.configuration, "site": "meadow"}, "d2")
        assert nucleus.wait_for(lambda: len(nucleus.validity) == 2)
        assert [status for status, _ in nucleus.validity] == ["REJECTED", "ACCEPTED"]
        assert "site is ''" in nucleus.validity[0][1]
        nucleus.configure("watch", {**device.configuration, "site": "meadow"})
        assert nucleus.wait_for(lambda: last(nucleus)["site"] == "meadow")

        # A nucleus that asks nobody deploys a wrong one: the right one stays, and it is told.
        nucleus.configure("watch", {**device.configuration, "site": "", "threads": 1})
        assert nucleus.wait_for(lambda: held(nucleus, "configuration_wrong"))
        assert last(nucleus)["site"] == "meadow"

        # A new model whose file is broken: the old one goes on.
        broken = device.model.with_name("1.0.8")
        shutil.copytree(device.model, broken)
        description = json.loads((broken / "model.json").read_text())
        (broken / "model.json").write_text(json.dumps(description))
        content = bytearray((broken / description["file"]).read_bytes())
        content[len(content) // 2] ^= 1
        (broken / description["file"]).write_bytes(content)
        nucleus.configurations["watch"] = {**device.configuration, "site": "meadow"}
        nucleus.configure(MODEL, model_configuration(broken))
        assert nucleus.wait_for(lambda: held(nucleus, "model_corrupt"))
        device.show(FIRST)
        assert nucleus.wait_for(lambda: sightings(nucleus))
        device.process.send_signal(signal.SIGTERM)
        status, said = device.ended()
        assert (status, "the file is broken" in said) == (0, True)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"site": ""}, 2, "configuration_wrong: site is ''"),
        ({"model": {"component": MODEL, "threads": -1}}, 2, "model.threads is -1"),
    ],
)
def test_a_wrong_configuration_ends_it_so_that_the_deployment_fails(device, change, status, told):
    device.configuration |= change
    with device.nucleus() as nucleus:
        device.start(nucleus.environment())
        ended, said = device.ended()
    assert (ended, told in said) == (status, True), said


@pytest.mark.parametrize("broken", ["file", "description", "missing", "no model"])
def test_a_model_that_is_none_ends_it_so_that_the_deployment_fails(device, broken):
    configurations = {"watch": device.configuration, MODEL: model_configuration(device.model)}
    description = json.loads((device.model / "model.json").read_text())
    file = device.model / description["file"]
    if broken == "file":
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    elif broken == "description":
        (device.model / "model.json").write_text("{}")
    elif broken == "missing":
        shutil.rmtree(device.model)
    else:  # all hashes are right, and it is no network
        file.write_bytes(b"text")
        description["sha256"] = hashlib.sha256(b"text").hexdigest()
        (device.model / "model.json").write_text(json.dumps(description))
        configurations[MODEL] = model_configuration(device.model)
    with device.nucleus(configurations=configurations) as nucleus:
        device.start(nucleus.environment())
        status, said = device.ended()
    assert status == 3
    assert said.startswith("model_corrupt: ")


def test_without_a_nucleus_s_variables_it_says_which(device):
    device.start({})
    assert device.ended() == (
        4,
        "no_nucleus: the variable 'AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT' is not set:"
        " a nucleus sets it for its components; start this by a deployment, not by hand\n",
    )


def test_a_socket_that_is_not_there_is_told(device):
    device.start(device.nucleus().environment())
    status, said = device.ended()
    assert (status, "no connection to the nucleus" in said) == (4, True), said


def test_a_nucleus_that_says_nothing_is_given_up(device):
    with device.nucleus(silent=True) as nucleus:
        device.start(nucleus.environment())
        status, said = device.ended()
    assert (status, "the nucleus does not answer" in said) == (4, True), said


def test_a_nucleus_that_refuses_is_told_and_sightings_wait(device):
    refused = {"PublishToIoTCore": "UnauthorizedError", "PublishToTopic": "UnauthorizedError"}
    with device.nucleus(refused=refused) as nucleus:
        device.show(FIRST)
        device.start(nucleus.environment())
        said = ""
        killer = threading.Timer(60, device.process.kill)  # or what is never said is waited for
        killer.start()
        while "no_receipts" not in said or "local_topic" not in said:
            line = device.process.stdout.readline()
            assert line, said
            said += line
        killer.cancel()
        device.process.send_signal(signal.SIGTERM)
        assert device.ended()[0] == 0
    assert device.waiting() == 1
    assert "no_receipts: the nucleus refuses to publish on birds/devices/feeder-1" in said
    assert "local_topic: the nucleus refuses to publish on birds/local/sightings" in said


def test_nothing_of_the_network_is_imported_but_what_is_needed():
    """boto3 is loaded where frames leave only, and the runtime's telemetry is off before it is."""
    code = (
        "import sys, os; import edge_inference.watch_birds;"
        "print('boto3' in sys.modules, os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    paths = [str(COMPONENTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", code],
        env={"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False 1\n"
