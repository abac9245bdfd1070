"""What a service writes in log groups, as far as the role that it acts as may write there."""

from sandbox.core import emulator
from sandbox.iam import authorization, problems
from sandbox.services.logs import service_lines
from sandbox.services.logs.upstream import cloudwatch_logs


class RoleLog:
    """The lines of one stream, by a role that has an access key; ``who`` is for problems."""

    def __init__(
        self, group: str, stream: str, *, who: str, access_key: str, encrypted: bool
    ) -> None:
        self._group, self._stream, self._who = group, stream, who
        self._writable = self._is_writable(access_key, encrypted=encrypted)

    def write(self, line: str) -> None:
        """Append one line."""
        if not self._writable or not line.strip():
            return
        if why := service_lines.write(self._group, self._stream, line):
            problems.report("logs", f"{self._who} cannot write to {self._group}: {why}")

    def _is_writable(self, access_key: str, *, encrypted: bool) -> bool:
        """Make the group where there is none; what the role may not do is told as a problem."""
        arn = cloudwatch_logs._make_group_arn(self._group).removesuffix(":*")
        needed = [
            ("logs:CreateLogStream", f"{arn}:log-stream:*"),
            ("logs:PutLogEvents", f"{arn}:log-stream:*"),
        ]
        is_there = self._group in cloudwatch_logs._log_groups
        if not is_there:
            needed.insert(0, ("logs:CreateLogGroup", f"{arn}:*"))
        if encrypted:
            needed.append(("logs:AssociateKmsKey", f"{arn}:*"))
        with emulator.acting_as(access_key):
            role = authorization.request_caller()
            denials = [authorization.denial(role, *need) for need in needed]
        if denied := next(filter(None, denials), None):
            problems.report("logs", f"{self._who} cannot write to {self._group}: {denied}")
            return False
        if not is_there:
            cloudwatch_logs._create_log_group({"logGroupName": self._group})
        return True
