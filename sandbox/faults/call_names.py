"""The names by which calls are counted and struck: those of IAM, where IAM has one for the call."""

from fnmatch import fnmatchcase
from functools import cache

from sandbox.core import service_models
from sandbox.core.upstream import gateway, iam_actions
from sandbox.services.s3.policy_actions import OF_BUCKETS, OF_OBJECTS

_MODELS = {"states": ("stepfunctions",), "execute-api": ()}
# Where IAM's names are not the API's, and where a call has no name of its own in IAM.
_OTHERS = {
    "s3": OF_OBJECTS | OF_BUCKETS | {"ListAllMyBuckets", "DeleteObjects"},
    "lambda": frozenset({"InvokeFunction"}),
    "apigateway": frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"}),
}


def why_never(pattern: str) -> str | None:
    """Say why no call is of this name, which may hold wildcards; None when one may be."""
    namespace, colon, operation = pattern.partition(":")
    served = _namespaces()
    meant = [one for one in served if fnmatchcase(one, namespace if colon else pattern)]
    if not meant:
        return f"there is no service {namespace!r}; there are {', '.join(sorted(served))}"
    known = [_operations(one) for one in meant]
    if not all(known) or any(fnmatchcase(n, operation or "*") for names in known for n in names):
        return None
    return (
        f"{meant[0]} has no call {operation!r}; names are IAM's, such as "
        f"{', '.join(f'{meant[0]}:{name}' for name in sorted(known[0])[:3])}"
    )


def _namespaces() -> set[str]:
    return {
        iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service, service)
        for service in gateway.SERVICE_HANDLERS
    }


@cache
def _operations(namespace: str) -> frozenset[str]:
    """List a service's calls; none when nobody knows them."""
    others = _OTHERS.get(namespace, frozenset())
    if namespace == "s3":
        return others
    models = service_models.names().intersection(_MODELS.get(namespace, (namespace,)))
    names = [service_models.model(one).operation_names for one in models]
    return others.union(*names)
