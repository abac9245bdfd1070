"""The functions of the chain, with what each may read and write."""

from collections.abc import Iterable, Mapping

from aws_cdk import Duration
from constructs import Construct

from stacks.service_chain.permissions import allow_access
from stacks.service_chain.resources import Resources
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.shared.function import PythonFunction
from stacks.shared.powertools import PowertoolsLayer

# What no state machine invokes.
START = FunctionSpec("Start", entry="start_chain", timeout_seconds=60)
START_BATCH = 10  # the most that SQS hands out without waiting for more
MEASURE = FunctionSpec("Measure", entry="measure_age", timeout_seconds=60)


class Functions(Construct):
    """The functions that state machines invoke, in ``invoked`` by name, and others like them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        specs: Iterable[FunctionSpec],
        resources: Resources,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key, self._log_days = resources.key, resources.log_days
        self._powertools = PowertoolsLayer(self, "Powertools")
        results = {"RESULTS_BUCKET": resources.results.bucket_name}
        self.invoked: dict[str, PythonFunction] = {}
        for spec in specs:
            function = self.add_function(spec, environment=results)
            function.called_by_machine()
            allow_access(function.role, spec.access, resources=resources)
            self.invoked[spec.name] = function

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to read the logs of what a state machine has done."""
        return {
            f"{name}FunctionName": function.function.function_name
            for name, function in self.invoked.items()
        }

    def add_function(self, spec: FunctionSpec, *, environment: Mapping[str, str]) -> PythonFunction:
        """Make a function that may do nothing yet; ``environment`` is added to its own."""
        return PythonFunction(
            self,
            spec.name,
            entry=f"service_chain.{spec.entry}",
            key=self._key,
            powertools=self._powertools,
            environment={**environment, **spec.environment},
            timeout=Duration.seconds(spec.timeout_seconds),
            memory_mib=spec.memory_mib,
            log_days=self._log_days,
        )
