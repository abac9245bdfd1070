"""What SageMaker's resources are called: ARNs, whose names are in lower case as AWS's are."""

from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import responses


def arn(kind: str, name: str) -> str:
    """Spell the ARN of a resource, such as ``training-job``; a name that is an ARN stays one."""
    if name.startswith("arn:"):
        return name
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:{PARTITION}:sagemaker:{place}:{kind}/{name.lower()}"
