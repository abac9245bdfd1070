"""The nucleus of this device, by Greengrass's interprocess communication."""

from collections.abc import Callable, Mapping
from typing import Any

from awsiot.greengrasscoreipc.clientv2 import GreengrassCoreIPCClientV2
from awsiot.greengrasscoreipc.model import (
    QOS,
    ConfigurationValidityReport,
    ConfigurationValidityStatus,
    JsonMessage,
    PublishMessage,
)


class NucleusError(Exception):
    """The nucleus cannot be asked; its text is meant for a person."""


class Nucleus:
    """What a component asks of its nucleus. Raises NucleusError where there is none to ask.

    What is told to ``on_…`` is told by a thread of the client's: it has to be quick.
    """

    def __init__(self) -> None:
        try:
            self._client = GreengrassCoreIPCClientV2()
        except KeyError as error:
            raise NucleusError(
                f"the variable {error} is not set: a nucleus sets it for its components; start this"
                " by a deployment, not by hand"
            ) from error
        except TimeoutError as error:
            raise NucleusError("the nucleus does not answer: is it starting, or stuck?") from error
        except Exception as error:  # the client raises RuntimeError, and errors of its own
            raise NucleusError(f"no connection to the nucleus: {error}; does it run?") from error

    def configuration(self, component: str | None = None) -> Any:
        """Read a component's configuration as it is now; without a name, one's own."""
        return self._asked(
            f"the configuration of {component or 'this component'}",
            lambda: self._client.get_configuration(component_name=component, key_path=[]).value,
        )

    def on_configuration(self, component: str | None, told: Callable[[], None]) -> None:
        """Be told whenever a component's configuration has changed."""
        self._asked(
            "updates of configurations",
            lambda: self._client.subscribe_to_configuration_update(
                component_name=component,
                key_path=[],
                on_stream_event=lambda _: told(),
                on_stream_error=_goes_on,
                on_stream_closed=_closed,
            ),
        )

    def on_proposal(self, wrong: Callable[[Any], str]) -> bool:
        """Be asked before a deployment changes the configuration: ``wrong`` says why not, or ''.

        Tell whether this nucleus asks; lite does not.
        """

        def answer(event: Any) -> None:
            asked = event.validate_configuration_update_event
            told = wrong(asked.configuration)
            status = ConfigurationValidityStatus
            report = ConfigurationValidityReport(
                status=status.REJECTED if told else status.ACCEPTED,
                deployment_id=asked.deployment_id,
                message=told[:2000] or None,
            )
            # Not waited for: this is the client's own thread, which the answer would come by.
            self._client.send_configuration_validity_report_async(
                configuration_validity_report=report
            )

        try:
            self._client.subscribe_to_validate_configuration_updates(
                on_stream_event=answer, on_stream_error=_goes_on, on_stream_closed=_closed
            )
        except Exception:  # modelled errors, time-outs and closed connections alike
            return False
        return True

    def publish_here(self, topic: str, message: Mapping[str, Any]) -> None:
        """Tell other components of this device."""
        told = PublishMessage(json_message=JsonMessage(message=dict(message)))
        self._asked(
            f"to publish on {topic}",
            lambda: self._client.publish_to_topic(topic=topic, publish_message=told),
        )

    def publish_to_cloud(self, topic: str, payload: bytes) -> None:
        """Hand a message over for IoT Core, at least once; that it was taken is no receipt."""
        self._asked(
            f"to publish on {topic}",
            lambda: self._client.publish_to_iot_core(
                topic_name=topic, qos=QOS.AT_LEAST_ONCE, payload=payload
            ),
        )

    def on_cloud(self, topic: str, told: Callable[[bytes], None]) -> None:
        """Be told what IoT Core sends on a topic, at least once."""
        self._asked(
            f"to subscribe to {topic}",
            lambda: self._client.subscribe_to_iot_core(
                topic_name=topic,
                qos=QOS.AT_LEAST_ONCE,
                on_stream_event=lambda event: told(event.message.payload or b""),
                on_stream_error=_goes_on,
                on_stream_closed=_closed,
            ),
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _asked(self, what: str, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except Exception as error:  # modelled errors, time-outs and closed connections alike
            told = getattr(error, "message", None) or str(error) or type(error).__name__
            raise NucleusError(
                f"the nucleus refuses {what}: {type(error).__name__}, {told}; its accessControl is"
                " in the recipe's configuration"
            ) from error


def _goes_on(_: Exception) -> bool:
    return False  # the stream stays open


def _closed() -> None:
    """Do nothing: without a nucleus this process is ended as well."""
