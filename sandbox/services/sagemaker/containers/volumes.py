"""The customer's key of a volume: there is no volume here, and yet the role must be able to."""

from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.kms import keys
from sandbox.services.sagemaker.containers.objects import TransferError
from sandbox.services.sagemaker.roles import Role


def require_key(role: Role, reference: str | None) -> None:
    """Raise unless a job's role may give the volume the use of the key.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    if not reference:
        return
    try:
        arn = keys.key_arn(reference, "ebs")
    except keys.KeyRefusedError as refused:
        raise TransferError(f"the volume's KMS key cannot be used: {refused.message}") from refused
    context = {
        "kms:GrantIsForAWSResource": "true",
        "kms:ViaService": f"sagemaker.{responses.get_region()}.amazonaws.com",
        "kms:CallerAccount": responses.get_account_id(),
    }
    principal = authorization.execution_role(role.arn, "SageMaker")
    if denied := authorization.denial(principal, "kms:CreateGrant", arn, context):
        raise TransferError(f"the volume's KMS key cannot be used: {denied}")
