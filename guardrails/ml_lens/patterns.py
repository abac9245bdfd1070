"""What a pattern of IAM can match: names, accounts and ARNs with ``*`` and ``?`` in them."""

import re
from functools import cache

WILD = re.compile(r"[*?]")
# A variable that IAM fills in from the request; ``<Name>`` is a reference of the template.
# The owner of the resource and the thing of a certificate are no choice of the caller.
REQUEST_VARIABLE = re.compile(
    r"\$\{(?!aws:Resource(Account|OrgID)\}|(iot:Connection\.Thing|credentials-iot:Thing))[^}]*\}"
)
KIND = re.compile(r"(?P<kind>[A-Za-z-]*)(?P<separator>[:/]?)(?P<name>.*)", re.DOTALL)
# Their ARNs name no type before the name.
UNTYPED = frozenset({"s3", "sqs", "sns", "codecommit", "execute-api"})
MINIMUM_PREFIX = 3
# A pipeline of SageMaker names them itself: by its execution, which nobody knows, then the step.
NAMED_INSIDE = frozenset({"hyper-parameter-tuning-job"})


@cache
def glob(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of IAM, which knows ``*`` and ``?`` and nothing else; case is ignored."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def is_wild(pattern: str) -> bool:
    """Tell whether a pattern can match more than one value."""
    return bool(WILD.search(pattern))


def is_exact(value: str) -> bool:
    """Tell whether a value names one thing, and nothing that a caller chooses."""
    return bool(value.strip()) and not is_wild(value) and not REQUEST_VARIABLE.search(value)


def literal_prefix(pattern: str) -> str:
    """Return what stands before the first wildcard or request variable."""
    found = (WILD.search(pattern), REQUEST_VARIABLE.search(pattern))
    return pattern[: min((f.start() for f in found if f), default=len(pattern))]


def arn_parts(arn: str) -> list[str]:
    """Split an ARN into its six parts; fewer where it is none. References count as one word."""
    words = re.split(r":(?![^<]*>)", arn, maxsplit=5)
    return words if words[0] == "arn" else []


def names_account(arn: str) -> bool:
    """Tell whether an ARN can only be of one account: by its number, or by an exact name."""
    if is_exact(arn):
        return True
    parts = arn_parts(arn)
    if len(parts) < 6:  # a reference with a wildcard behind it: <Topic.Arn>/*
        return literal_prefix(arn).startswith("<") and ">" in literal_prefix(arn)
    service, account, name = parts[2], parts[4], parts[5]
    if account:
        return is_exact(service) and is_exact(account)
    return is_exact(service) and is_exact(name.partition("/")[0])


def is_unbounded(resource: str) -> bool:
    """Tell whether a resource stands for all of its kind, or for those of any account."""
    if not is_wild(resource) and not REQUEST_VARIABLE.search(resource):
        return False
    if literal_prefix(resource).startswith("<"):
        return False
    parts = arn_parts(resource)
    if len(parts) < 6 or is_wild(parts[2]) or is_wild(parts[4]):
        return True
    prefix = literal_prefix(parts[5])
    if prefix == parts[5]:
        return False  # only the partition or the Region is open
    typed = KIND.fullmatch(prefix)
    if typed and parts[2] not in UNTYPED:
        name = typed["name"]
        if typed["kind"] in NAMED_INSIDE and not REQUEST_VARIABLE.search(parts[5]):
            name = max(WILD.split(parts[5].partition("/")[2]), key=len)
        return not typed["separator"] or len(name) < MINIMUM_PREFIX
    return len(prefix) < MINIMUM_PREFIX
