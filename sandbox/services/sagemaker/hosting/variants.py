"""A variant that runs: its containers, what it is asked, its share and its instances."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.sagemaker.hosting import containers, model_data
from sandbox.services.sagemaker.hosting.containers import Answer, Container
from sandbox.services.sagemaker.hosting.definitions import Definition
from sandbox.services.sagemaker.hosting.endpoint_configs import VariantConfig

_MOST_MODELS = 8  # of a multi-model variant, at once; each is a process
Log = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Question:
    """A request to a model, and what it says of who is to answer."""

    body: bytes
    content_type: str = ""
    accept: str = ""
    custom_attributes: str = ""
    target_model: str = ""
    target_variant: str = ""
    target_container: str = ""
    inference_id: str = ""


class ModelError(Exception):
    """A container did not answer well: who, with which status, and its words."""

    def __init__(self, container: str, status: int, said: str) -> None:
        super().__init__(said)
        self.container, self.status, self.said = container, status, said


class QuestionError(Exception):
    """A request names a model or container that this variant does not have."""


class BusyError(Exception):
    """A serverless variant answers as many requests as it may."""


class Variant:
    """One production variant of a fleet."""

    def __init__(self, config: VariantConfig, log: Log) -> None:
        self.config, self._log = config, log
        self.name = config.name
        self.weight = config.weight
        self.instances = self.desired_instances = config.instances
        self.serverless = dict(config.serverless or {})
        self.states: list[dict[str, Any]] = []
        self._containers: dict[str, Container] = {}
        self._loaded: OrderedDict[str, Container] = OrderedDict()
        self._loading, self._counting = threading.RLock(), threading.Lock()
        self._at_work = 0

    def start(self) -> None:
        """Start the containers, each with its model; raises StartError that names the variant."""
        if self.config.model.is_multi_model:
            return  # models are loaded once they are asked for
        for definition in self.config.model.containers:
            container = self._container(definition)
            self._containers[definition.hostname] = container
            self._start(container, self.config.startup_seconds)

    def is_running(self) -> bool:
        """Tell whether every container is there."""
        return all(container.is_running for container in self._containers.values())

    def ask(self, question: Question, seconds: float = containers.LONGEST_SECONDS) -> Answer:
        """Have the containers answer, one after the other.

        Raises ModelError, QuestionError, BusyError, or LeavingError where another is to answer.
        """
        with self._counted():
            chain = self._chain(question)
            body, kind = question.body, question.content_type
            attributes, total = question.custom_attributes, 0.0
            for number, container in enumerate(chain, start=1):
                headers = {
                    "Content-Type": kind,
                    "Accept": question.accept if number == len(chain) else "",
                    "X-Amzn-SageMaker-Custom-Attributes": attributes,
                    "X-Amzn-SageMaker-Target-Model": question.target_model,
                }
                sent = {name: value for name, value in headers.items() if value}
                answer = self._asked(container, body, sent, seconds)
                body, kind, total = answer.body, answer.content_type, total + answer.seconds
            return replace(answer, seconds=total)

    def say(self, status: str, message: str) -> None:
        """Say what is done with it, as DescribeEndpoint shows it."""
        self.states = [{"Status": status, "StatusMessage": message, "StartTime": CLOCK.time()}]

    def described(self) -> dict[str, Any]:
        """Show it as DescribeEndpoint does."""
        image = {"ResolutionTime": CLOCK.time()}
        shown: dict[str, Any] = {
            "VariantName": self.name,
            "DeployedImages": [
                {"SpecifiedImage": each.image, "ResolvedImage": each.image, **image}
                for each in self.config.model.containers
            ],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
        }
        if self.config.serverless:
            shown["CurrentServerlessConfig"] = self.serverless
        else:
            shown |= {
                "CurrentInstanceCount": self.instances,
                "DesiredInstanceCount": self.desired_instances,
            }
        return shown | ({"VariantStatus": self.states} if self.states else {})

    def drain(self) -> None:
        """Let what is asked be answered, then end all processes."""
        for container in self._all():
            container.drain()

    def stop(self) -> None:
        """End all processes."""
        for container in self._all():
            container.stop()

    def model_names(self) -> list[str]:
        """Name the models that a multi-model variant has in memory."""
        return list(self._loaded)

    def _all(self) -> list[Container]:
        with self._loading:
            return [*self._containers.values(), *self._loaded.values()]

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        most = self.serverless.get("MaxConcurrency")
        with self._counting:
            if most and self._at_work >= most:
                raise BusyError("Rate exceeded")
            self._at_work += 1
        try:
            yield
        finally:
            with self._counting:
                self._at_work -= 1

    def _asked(
        self, container: Container, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> Answer:
        name = container.definition.hostname
        try:
            answer = container.ask(body, headers, seconds)
        except containers.TimedOutError:
            said = (
                f"Your invocation timed out while waiting for a response from container {name}. "
                "Review the latency metrics for each container in Amazon CloudWatch, resolve the "
                "issue, and try again."
            )
            raise ModelError(name, 0, said) from None
        except containers.ExitedError:
            said = "An error occurred while handling request as the model process exited."
            raise ModelError(name, 0, said) from None
        if answer.status >= 400:
            raise ModelError(name, answer.status, answer.body.decode(errors="replace"))
        return answer

    def _chain(self, question: Question) -> list[Container]:
        model = self.config.model
        if bool(question.target_model) != model.is_multi_model:
            raise QuestionError(
                "Invalid request. Multi-model endpoints need TargetModel, and no others have it."
            )
        if bool(question.target_container) != model.is_direct:
            raise QuestionError(
                "Invalid request. Models in direct mode need TargetContainerHostname, and no "
                "others have it."
            )
        if question.target_model:
            return [self._model(question.target_model)]
        if question.target_container:
            if question.target_container not in self._containers:
                raise QuestionError(f"Container {question.target_container} not found for Request")
            return [self._containers[question.target_container]]
        return list(self._containers.values())

    def _model(self, name: str) -> Container:
        """Find a model of a multi-model variant, loaded anew where it is not in memory."""
        with self._loading:
            if name in self._loaded:
                self._loaded.move_to_end(name)
                return self._loaded[name]
            (definition,) = self.config.model.containers
            uri = definition.data_uri + name.lstrip("/")
            if not name.endswith(".tar.gz") or ".." in name.split("/"):
                raise QuestionError(f"TargetModel is {name!r}; it names an archive (.tar.gz)")
            loaded = self._container(replace(definition, data_uri=uri))
            try:
                loaded.start(self.config.startup_seconds)
            except containers.StartError as error:
                bucket, key = model_data.place(uri)
                raise QuestionError(
                    f"Failed to download model data(bucket: {bucket}, key: {key}). Please ensure "
                    "that there is an object located at the URL and that the role passed to "
                    f"CreateModel has permissions to download the model. ({error})"
                ) from error
            self._loaded[name] = loaded
            if len(self._loaded) > _MOST_MODELS:
                _, oldest = self._loaded.popitem(last=False)
                threading.Thread(target=oldest.drain, name="unload (_read)", daemon=True).start()
            return loaded

    def _container(self, definition: Definition) -> Container:
        model = self.config.model
        return Container(
            definition, model.role_arn, model.arn, is_isolated=model.is_isolated, log=self._log
        )

    def _start(self, container: Container, seconds: float) -> None:
        try:
            container.start(seconds)
        except containers.StartError as error:
            said = str(error)
            if said.startswith(("did ", "brings ")):
                said = (
                    f"The {container.definition.hostname} container for production variant "
                    f"{self.name} {said}. Please check CloudWatch logs for this endpoint."
                )
            raise containers.StartError(said) from error
