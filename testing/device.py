"""A thing with a certificate of its own, that speaks MQTT by AWS's own device client."""

from collections.abc import Callable
from typing import Any, Self
from urllib.request import urlopen

from awscrt import mqtt
from awsiot import mqtt_connection_builder

from sandbox.host.client import Sandbox

SECONDS = 30  # for an answer, on a busy machine
AWS_PORT = 8883


class Device:
    """A thing of a name, whose certificate has one policy; gone with ``leave``.

    ``place`` is host and port of the broker, as ``DescribeEndpoint`` tells them.
    """

    def __init__(self, sandbox: Sandbox, thing: str, policy: str) -> None:
        self._iot, self.thing, self._policy = sandbox.client("iot"), thing, f"{thing}-policy"
        made = self._iot.create_keys_and_certificate(setAsActive=True)
        self.arn, self._id = made["certificateArn"], made["certificateId"]
        self._certificate = made["certificatePem"].encode()
        self._key = made["keyPair"]["PrivateKey"].encode()
        self._iot.create_thing(thingName=thing)
        self._iot.create_policy(policyName=self._policy, policyDocument=policy)
        self._iot.attach_policy(policyName=self._policy, target=self.arn)
        self._iot.attach_thing_principal(thingName=thing, principal=self.arn)
        told = self._iot.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
        host, _, port = told.partition(":")
        self.place = host, int(port or AWS_PORT)
        with urlopen(f"{sandbox.endpoint}/_ministack/iot/ca.pem") as answer:  # noqa: S310 (loopback)
            self.authority: bytes = answer.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def connect(self, name: str = "") -> "Connection":
        """Connect under a name, its own by default; raises AwsCrtError where that is refused."""
        connection = mqtt_connection_builder.mtls_from_bytes(
            cert_bytes=self._certificate,
            pri_key_bytes=self._key,
            ca_bytes=self.authority,
            endpoint=self.place[0],
            port=self.place[1],
            client_id=name or self.thing,
            reconnect_min_timeout_secs=1,
            clean_session=True,  # or what was refused is said again on each reconnection
        )
        connection.connect().result(SECONDS)
        return Connection(connection)

    def deactivate(self) -> None:
        """Take the certificate's right to connect."""
        self._iot.update_certificate(certificateId=self._id, newStatus="INACTIVE")

    def leave(self) -> None:
        """Remove thing, certificate and policy."""
        self._iot.detach_thing_principal(thingName=self.thing, principal=self.arn)
        self._iot.detach_policy(policyName=self._policy, target=self.arn)
        self.deactivate()
        self._iot.delete_certificate(certificateId=self._id)
        self._iot.delete_policy(policyName=self._policy)
        self._iot.delete_thing(thingName=self.thing)


class Connection:
    """A device that is connected; left with ``close`` or as a context manager."""

    def __init__(self, connection: mqtt.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.disconnect().result(SECONDS)

    def say(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 1 and wait until the broker has it; raises AwsCrtError if it hangs up."""
        said, _ = self._connection.publish(topic, payload, mqtt.QoS.AT_LEAST_ONCE)
        said.result(SECONDS)

    def hear(self, topics: str, heard: Callable[[str, bytes], None]) -> None:
        """Subscribe at QoS 1, and wait until the broker has agreed."""

        def told(topic: str, payload: bytes, **_: Any) -> None:
            heard(topic, payload)

        agreed, _ = self._connection.subscribe(topics, mqtt.QoS.AT_LEAST_ONCE, told)
        agreed.result(SECONDS)
