"""DynamoDB: who reads or writes a table of a customer's key needs that key, through DynamoDB."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sandbox.core import patching
from sandbox.core.emulator import Reply
from sandbox.core.upstream import iam_actions, responses
from sandbox.iam import authorization
from sandbox.services.dynamodb.upstream import dynamodb
from sandbox.services.kms import keys
from sandbox.services.kms.keys import KeyRefusedError

# The operations on items; those on tables need no table key.
_ON_ITEMS = (
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
)


def install() -> None:
    """Put the key check in front of all operations on items."""
    patching.wrap(
        dynamodb,
        "handle_request",
        _guarded,
        because="an item of a table with a customer's key needs that key",
    )


def _guarded(original: Callable[..., Awaitable[Reply]]) -> Callable[..., Awaitable[Reply]]:
    """DynamoDB opens the table's key as the caller, whatever is then done with the items.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """

    async def handle(
        method: str, path: str, headers: dict[str, str], body: Any, query: Any
    ) -> Reply:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if authorization.enforced() and operation in _ON_ITEMS:
            raw = body.encode() if isinstance(body, str) else body
            for name in _tables(operation, raw):
                if denied := denial(name):
                    refused: Reply = responses.error_response_json(*denied, 400)
                    return refused
        return await original(method, path, headers, body, query)

    return handle


def _tables(operation: str, body: bytes) -> Iterator[str]:
    place = responses.get_region(), responses.get_account_id()
    action = f"dynamodb:{operation}"
    found = [arn for _, arn in iam_actions.dynamodb_transaction_checks(action, body, *place)]
    for arn in dict.fromkeys(found or iam_actions.dynamodb_resource_arns(body, *place)):
        yield arn.partition(":table/")[2].partition("/")[0]


def denial(table_name: str) -> tuple[str, str] | None:
    """Say why the caller cannot use a table's key, by the error's code and message.

    None when it can, or when AWS holds the key.
    """
    described = (dynamodb._tables.get(table_name) or {}).get("SSEDescription") or {}
    reference = described.get("KMSMasterKeyArn")
    if described.get("Status") != "ENABLED" or not reference:
        return None
    try:
        keys.require_use(
            authorization.request_caller(),
            ["kms:Decrypt"],
            reference,
            service="dynamodb",
            encryption_context={
                "aws:dynamodb:tableName": table_name,
                "aws:dynamodb:subscriberId": responses.get_account_id(),
            },
        )
    except KeyRefusedError as refused:
        struck = refused.code.removeprefix("KMS.") if refused.by_rule else None
        return struck or "AccessDeniedException", refused.message
    return None
