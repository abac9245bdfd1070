"""Fetch what the chain left: documents, what they point to, failure records, histories."""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from demos.service_chain.history import run_of
from demos.service_chain.results import Run
from sandbox.host.client import Sandbox

FETCHERS = 8
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Objects as they were written, by key or by address."""

    documents: Mapping[str, Json]
    failures: Mapping[str, Json]
    texts: Mapping[str, str]
    insights: Mapping[str, Json]
    words: Mapping[str, Json]


def fetch(sandbox: Sandbox, bucket: str) -> Fetched:
    """Read every result of a bucket; ``words`` are the texts with times, by document."""
    s3 = sandbox.client("s3")

    def read(key: str) -> str:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body.decode("utf-8")

    def all_of(keys: Iterable[str]) -> dict[str, str]:
        wanted = list(dict.fromkeys(keys))
        with ThreadPoolExecutor(FETCHERS) as pool:
            return dict(zip(wanted, pool.map(read, wanted), strict=True))

    documents = _parsed(all_of(_keys(s3, bucket, "documents/")))
    told = [one for document in documents.values() for one in document["insights"]]
    uris = [one["text_uri"] for one in told] + [one["redacted_uri"] for one in told]
    places = {uri: _key(uri) for uri in uris if uri}
    texts = all_of(places.values())
    lists = {one["insights_uri"]: _key(one["insights_uri"]) for one in told}
    insights = _parsed(all_of(lists.values()))
    spoken = {d["document_id"]: f"work/{d['document_id']}/text.json" for d in documents.values()}
    words = _parsed(all_of(spoken.values()))
    return Fetched(
        documents=documents,
        failures=_parsed(all_of(_keys(s3, bucket, "failures/"))),
        texts={uri: texts[key] for uri, key in places.items()},
        insights={uri: insights[key] for uri, key in lists.items()},
        words={document: words[key] for document, key in spoken.items()},
    )


def runs(sandbox: Sandbox, executions: Mapping[str, str]) -> dict[str, Run]:
    """Read the histories of executions (address by name), with those of their children."""
    states: Any = sandbox.client("stepfunctions")

    def one(item: tuple[str, str]) -> tuple[str, Run]:
        name, arn = item
        status = states.describe_execution(executionArn=arn)["status"]
        children = [_history(states, child) for child in _children(states, arn)]
        return name, run_of(name, status, _history(states, arn), children)

    with ThreadPoolExecutor(FETCHERS) as pool:
        return dict(pool.map(one, executions.items()))


def _history(states: Any, arn: str) -> list[Json]:
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=arn, PaginationConfig={"PageSize": 1000}
    )
    return [event for page in pages for event in page["events"]]


def _children(states: Any, arn: str) -> Iterator[str]:
    for page in states.get_paginator("list_map_runs").paginate(executionArn=arn):
        for run in page["mapRuns"]:
            children = states.get_paginator("list_executions").paginate(mapRunArn=run["mapRunArn"])
            for found in children:
                yield from (child["executionArn"] for child in found["executions"])


def _keys(s3: Any, bucket: str, prefix: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", ())]


def _key(uri: str) -> str:
    return urlsplit(uri).path.lstrip("/")


def _parsed(found: Mapping[str, str]) -> dict[str, Json]:
    return {key: json.loads(body) for key, body in found.items()}
