"""What a run writes, in CloudWatch's log groups, as far as the job's role may write there."""

from sandbox.core import emulator
from sandbox.iam import authorization, problems
from sandbox.services.glue.job_runs import JobRun, log_prefix
from sandbox.services.logs import service_lines
from sandbox.services.logs.upstream import cloudwatch_logs


class JobLog:
    """The lines of one run: ``output`` is what the script prints, ``error`` what Spark logs."""

    def __init__(self, run: JobRun, group: str) -> None:
        self._group = f"{log_prefix(run)}/{group}"
        prefix = run.arguments.get("--custom-logStream-prefix") or run.run_id
        self._stream = f"{prefix}-driver"
        self._job = run.name
        self._writable = self._is_writable(run)

    def write(self, line: str) -> None:
        """Append one line."""
        if not self._writable or not line.strip():
            return
        if why := service_lines.write(self._group, self._stream, line):
            problems.report("logs", f"{self._job} cannot write to {self._group}: {why}")

    def _is_writable(self, run: JobRun) -> bool:
        """Make the group where there is none; what the role may not do is told as a problem."""
        arn = cloudwatch_logs._make_group_arn(self._group).removesuffix(":*")
        needed = [
            ("logs:CreateLogStream", f"{arn}:log-stream:*"),
            ("logs:PutLogEvents", f"{arn}:log-stream:*"),
        ]
        is_there = self._group in cloudwatch_logs._log_groups
        if not is_there:
            needed.insert(0, ("logs:CreateLogGroup", f"{arn}:*"))
        if run.job.get("EncryptsLogs"):
            needed.append(("logs:AssociateKmsKey", f"{arn}:*"))
        with emulator.acting_as(run.acts_as):
            role = authorization.request_caller()
            denials = [authorization.denial(role, *need) for need in needed]
        if denied := next(filter(None, denials), None):
            problems.report("logs", f"{run.name} cannot write to {self._group}: {denied}")
            return False
        if not is_there:
            cloudwatch_logs._create_log_group({"logGroupName": self._group})
        return True
