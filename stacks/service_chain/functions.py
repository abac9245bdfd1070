"""The functions of the chain, with what each may read and write."""

from collections.abc import Iterable, Mapping

from aws_cdk import Duration
from constructs import Construct

from stacks.service_chain.permissions import allow_access
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.shared.bucket import PrivateBucket
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.powertools import PowertoolsLayer


class Functions(Construct):
    """The functions that state machines invoke, in ``invoked`` by name, and others like them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        specs: Iterable[FunctionSpec],
        inbox: PrivateBucket,
        results: PrivateBucket,
        key: CustomerKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key, self._log_days = key, log_days
        self._powertools = PowertoolsLayer(self, "Powertools")
        self.invoked: dict[str, PythonFunction] = {}
        for spec in specs:
            function = self.add_function(spec, environment={"RESULTS_BUCKET": results.bucket_name})
            function.called_by_machine()
            allow_access(function.role, spec.access, inbox=inbox, results=results, key=key)
            self.invoked[spec.name] = function

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
