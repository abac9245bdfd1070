"""MQTT over mutual TLS, by AWS's own device client: on the loopback interface, as policies say."""

import json
import queue
import socket
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from awscrt.exceptions import AwsCrtError

from sandbox.host import client
from testing.device import SECONDS, Device

LOOPBACK = "0100007F"  # as Linux tells it
HELLO = bytes.fromhex("100d00044d51545404020000000161")  # CONNECT of MQTT 3.1.1, client id "a"
SOCKETS = Path("/proc/net/tcp")


def allowed(*more, **statement):
    statements = [{"Effect": "Allow", **each} for each in (*more, *filter(None, [statement]))]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def policy(**resources):
    return allowed(
        *(
            {"Action": f"iot:{action}", "Resource": f"arn:aws:iot:us-east-1:000000000000:{on}"}
            for action, on in resources.items()
        )
    )


ITSELF = policy(
    Connect="client/${iot:Connection.Thing.ThingName}",
    Publish="topic/birds/${iot:Connection.Thing.ThingName}",
    Subscribe="topicfilter/birds/${iot:Connection.Thing.ThingName}",
    Receive="topic/birds/${iot:Connection.Thing.ThingName}",
)


@pytest.fixture
def device(sandbox, unique):
    with Device(sandbox, unique("device"), ITSELF) as made:
        yield made


def listeners(port):
    """Tell the addresses on which this machine listens at a port."""
    lines = SOCKETS.read_text(encoding="ascii").splitlines()[1:]
    bound = [line.split() for line in lines]
    return [each[1].split(":")[0] for each in bound
            if each[3] == "0A" and int(each[1].split(":")[1], 16) == port]  # fmt: skip


def test_a_device_speaks_and_hears(device):
    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
    with device.connect() as connected:
        topic = f"birds/{device.thing}"
        connected.hear(topic, lambda *said: heard.put(said))
        connected.say(topic, b"wren")
        assert heard.get(timeout=SECONDS) == (topic, b"wren")


@pytest.mark.skipif(not SOCKETS.exists(), reason="only Linux tells its sockets in a file")
def test_nobody_beyond_the_loopback_interface_is_listened_to(device):
    assert set(listeners(device.place[1])) == {LOOPBACK}


def test_what_the_policy_does_not_allow_ends_the_connection(device):
    with pytest.raises(AwsCrtError):
        device.connect("another")
    with device.connect() as connected, pytest.raises(AwsCrtError):
        connected.say("birds/another", b"wren")


def test_a_certificate_that_is_not_active_any_more_connects_nowhere(device):
    device.connect().__exit__()
    device.deactivate()
    with pytest.raises(AwsCrtError):
        device.connect()


def test_who_shows_no_certificate_is_not_served(device):
    trusted = ssl.create_default_context(cadata=device.authority.decode())
    answer = b""
    with (
        socket.create_connection(device.place, timeout=SECONDS) as plain,
        suppress(ssl.SSLError, ConnectionError),
        trusted.wrap_socket(plain, server_hostname=device.place[0]) as door,
    ):
        door.sendall(HELLO)
        answer = door.recv(4)
    assert answer == b""


@pytest.fixture
def said(sandbox, unique):
    """Hand what devices say to a queue; gives its URL."""
    sqs, iot, iam = (sandbox.client(name) for name in ("sqs", "iot", "iam"))
    url = sqs.create_queue(QueueName=unique("said"))["QueueUrl"]
    role, rule = unique("role"), unique("rule").replace("-", "_")
    trust = allowed(Principal={"Service": "iot.amazonaws.com"}, Action="sts:AssumeRole")
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)["Role"]
    may = allowed(Action="sqs:SendMessage", Resource="*")
    iam.put_role_policy(RoleName=role, PolicyName="it", PolicyDocument=may)
    action = {"sqs": {"roleArn": made["Arn"], "queueUrl": url, "useBase64": False}}
    sql = "SELECT *, clientid() AS who FROM 'birds/+'"
    iot.create_topic_rule(ruleName=rule, topicRulePayload={"sql": sql, "actions": [action]})
    yield url
    iot.delete_topic_rule(ruleName=rule)
    sqs.delete_queue(QueueUrl=url)
    iam.delete_role_policy(RoleName=role, PolicyName="it")
    iam.delete_role(RoleName=role)


def test_a_rule_is_done_with_what_a_device_says(sandbox, device, said):
    with device.connect() as connected:
        connected.say(f"birds/{device.thing}", b'{"species": "wren"}')
    sqs = sandbox.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=said, WaitTimeSeconds=SECONDS // 2)["Messages"]
    assert json.loads(message["Body"]) == {"species": "wren", "who": device.thing}


def test_a_second_sandbox_has_a_door_of_its_own_which_a_reset_does_not_close(device):
    with client.start() as other:
        with Device(other, device.thing, ITSELF) as namesake:
            assert namesake.place != device.place
        other.reset()
        with Device(other, device.thing, ITSELF) as again, again.connect() as connected:
            assert again.place == namesake.place
            connected.say(f"birds/{device.thing}", b"wren")
