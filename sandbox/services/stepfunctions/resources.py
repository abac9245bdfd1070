"""What the Resource of a task says: which call, and how to wait for it."""

from dataclasses import dataclass

from sandbox.core.emulator import PARTITION

CALLBACK = ".waitForTaskToken"


@dataclass(frozen=True)
class Resource:
    """A task's resource; ``group`` and ``name`` are what the history calls type and resource."""

    arn: str
    group: str
    name: str

    @classmethod
    def of(cls, arn: str) -> "Resource":
        """Take an ARN apart."""
        parts = arn.split(":")
        if "function" in parts:
            return cls(arn, "lambda", arn)
        if "activity" in parts:
            return cls(arn, "activity", arn)
        split = 7 if parts[5] == "aws-sdk" else 6
        return cls(arn, ":".join(parts[5:split]), ":".join(parts[split:]))

    @property
    def is_function(self) -> bool:
        """Whether the resource is a function's own ARN."""
        return self.arn == self.name and self.group == "lambda"

    @property
    def is_invocation(self) -> bool:
        """Whether the call is the optimized one of a function."""
        return self.group == "lambda" and not self.is_function

    @property
    def is_activity(self) -> bool:
        """Whether workers fetch the task."""
        return self.group == "activity"

    @property
    def is_callback(self) -> bool:
        """Whether the task ends when its token comes back."""
        return self.name.endswith(CALLBACK)

    @property
    def sdk(self) -> tuple[str, str] | None:
        """The service and action of an SDK integration."""
        if not self.group.startswith("aws-sdk:"):
            return None
        return self.group.removeprefix("aws-sdk:"), self.name.removesuffix(CALLBACK)

    @property
    def called(self) -> str:
        """The ARN without the way to wait."""
        return self.arn.removesuffix(CALLBACK)


def integration(service: str, action: str) -> str:
    """Spell the resource of a call."""
    return f"arn:{PARTITION}:states:::{service}:{action}"
