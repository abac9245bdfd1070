"""The functions that the state machine invokes, with what each may read and write."""

from collections.abc import Collection, Mapping

from aws_cdk import Duration
from constructs import Construct

from stacks.service_chain.jobs import Job, jobs
from stacks.service_chain.settings import ServiceChain
from stacks.shared.bucket import PrivateBucket
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.powertools import PowertoolsLayer


class Workers(Construct):
    """One function for each job that needs logic; all else the state machine does itself."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        inbox: PrivateBucket,
        results: PrivateBucket,
        settings: ServiceChain,
        needed: Collection[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._key, self._log_days = key, settings.log_days
        self._powertools = PowertoolsLayer(self, "Powertools")
        self.functions: dict[str, PythonFunction] = {}
        for name, job in jobs(settings).items():
            if name in needed:
                function = self.employ(name, job, told={"RESULTS_BUCKET": results.bucket_name})
                function.called_by_machine()
                _allow(function, job, inbox, results, key)
                self.functions[name] = function

    def employ(self, name: str, job: Job, *, told: Mapping[str, str]) -> PythonFunction:
        """Make a function that may do nothing yet."""
        return PythonFunction(
            self,
            name,
            entry=f"service_chain.{job.entry}",
            key=self._key,
            powertools=self._powertools,
            environment={**told, **job.told},
            timeout=Duration.seconds(job.seconds),
            memory_mib=job.memory_mib,
            log_days=self._log_days,
        )


def _allow(
    function: PythonFunction,
    job: Job,
    inbox: PrivateBucket,
    results: PrivateBucket,
    key: CustomerKey,
) -> None:
    role = function.role
    if job.reads_inbox:
        inbox.allow(role, "s3:GetObjectVersion")
        inbox.allow_telling_gone_from_denied(role)
    for prefix in job.reads:
        results.allow(role, "s3:GetObject", prefix=prefix)
    for prefix in job.writes:
        results.allow(role, "s3:PutObject", prefix=prefix)
    if job.misses:
        results.allow_telling_gone_from_denied(role)
    if job.reads or job.reads_inbox:
        key.allow(role, "kms:Decrypt", through=["s3"])
    if job.writes:
        key.allow(role, "kms:GenerateDataKey", through=["s3"])
