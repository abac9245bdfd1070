"""Lists in pages, filtered and sorted as SageMaker's requests ask."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.services.sagemaker.operations import invalid

_MOST = 10  # where a request says nothing
_BOUNDS = (("CreationTime", "CreationTime"), ("LastModifiedTime", "LastModifiedTime"))


def page(
    request: Mapping[str, Any],
    member: str,
    found: Iterable[Mapping[str, Any]],
    *,
    name: str = "",
    status: str = "",
) -> dict[str, Any]:
    """Give a page of summaries as ``member``, and where the next one starts.

    ``name`` and ``status`` are the members of a summary that ``NameContains`` and
    ``StatusEquals`` look at. The newest comes first unless the request says otherwise.
    """
    kept = [summary for summary in found if _wanted(request, summary, name, status)]
    by = request.get("SortBy") or "CreationTime"
    by = {"Name": name, "Status": status}.get(by, by)
    descending = (request.get("SortOrder") or "Descending") == "Descending"
    kept.sort(key=lambda summary: summary.get(by) or 0, reverse=descending)
    token = str(request.get("NextToken") or "0")
    if not token.isdecimal():
        raise invalid("Invalid NextToken.")
    start, most = int(token), int(request.get("MaxResults") or _MOST)
    shown: dict[str, Any] = {member: kept[start : start + most]}
    return shown | ({"NextToken": str(start + most)} if start + most < len(kept) else {})


def _wanted(request: Mapping[str, Any], summary: Mapping[str, Any], name: str, status: str) -> bool:
    if (part := request.get("NameContains")) and part.lower() not in summary[name].lower():
        return False
    if (wanted := request.get("StatusEquals")) and summary[status] != wanted:
        return False
    for bound, member in _BOUNDS:
        at = summary.get(member) or 0
        if at <= request.get(f"{bound}After", at - 1) or at >= request.get(
            f"{bound}Before", at + 1
        ):
            return False
    return True
