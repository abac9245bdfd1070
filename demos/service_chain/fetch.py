"""Fetch what the chain left: documents, what they point to, failure records."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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


def _keys(s3: Any, bucket: str, prefix: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", ())]


def _key(uri: str) -> str:
    return urlsplit(uri).path.lstrip("/")


def _parsed(found: Mapping[str, str]) -> dict[str, Json]:
    return {key: json.loads(body) for key, body in found.items()}
