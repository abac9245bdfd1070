"""The operations that start, stop and tell of crawls."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import in_flight, patching
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.glue import operations, roles, security_configurations
from sandbox.services.glue.crawlers import crawling
from sandbox.services.glue.crawlers.crawls import CRAWLS, STOPPING, Crawl
from sandbox.services.glue.operations import Request
from sandbox.services.glue.upstream import glue
from sandbox.services.logs.role_logs import RoleLog


def install() -> None:
    """Put our operations in the place of the emulator's, whose crawls find nothing."""
    in_flight.watch("Glue crawl", CRAWLS.under_way)
    operations.add(
        {
            "StartCrawler": _start,
            "StopCrawler": _stop,
            "GetCrawler": lambda request: {"Crawler": _shown(_found(request))},
            "GetCrawlers": lambda _request: {
                "Crawlers": [_shown(each) for _, each in sorted(glue._crawlers.items())]
            },
            "GetCrawlerMetrics": _metrics,
        }
    )
    patching.wrap(
        glue, "_delete_crawler", _deleting, because="a crawler at work is not deleted under way"
    )
    patching.wrap(glue, "reset", _resetting, because="a reset forgets crawls too")


def _found(request: Request) -> Mapping[str, Any]:
    crawler: Mapping[str, Any] | None = glue._crawlers.get(request["Name"])
    if crawler is None:
        raise ServiceError("EntityNotFoundException", f"Crawler {request['Name']} not found")
    return crawler


def _start(request: Request) -> None:
    crawler = _found(request)
    if CRAWLS.running(crawler["Name"]):
        raise ServiceError(
            "CrawlerRunningException", f"Crawler {crawler['Name']} has already started"
        )
    credentials = roles.credentials(str(crawler["Role"]), session="AWS-Crawler")
    security = security_configurations.of(crawler.get("CrawlerSecurityConfiguration"))
    role = str(crawler["Role"]).rpartition("/")[2]
    # As accounts have them: no page of AWS names the second one.
    group = "/aws-glue/crawlers"
    if security.get("EncryptsLogs"):
        group = f"{group}-role/{role}-{crawler['CrawlerSecurityConfiguration']}"
    crawl = Crawl(dict(crawler), credentials, group)
    CRAWLS.begin(crawl)
    log = RoleLog(
        group,
        crawl.name,
        who=f"the crawler {crawl.name}",
        access_key=credentials["AWS_ACCESS_KEY_ID"],
        encrypted=bool(security.get("EncryptsLogs")),
    )
    crawling.begin(crawl, log.write)


def _stop(request: Request) -> None:
    crawl = CRAWLS.running(_found(request)["Name"])
    if crawl is None:
        raise ServiceError(
            "CrawlerNotRunningException", f"Crawler {request['Name']} is not running"
        )
    if crawl.state == STOPPING:
        raise ServiceError("CrawlerStoppingException", f"Crawler {crawl.name} is stopping")
    crawl.state = STOPPING


def _shown(crawler: Mapping[str, Any]) -> dict[str, Any]:
    name = crawler["Name"]
    running = CRAWLS.running(name)
    over = [crawl for crawl in CRAWLS.of(name) if crawl.ended is not None]
    shown = {
        **crawler,
        "Schedule": crawler.get("Schedule") or None,
        "State": running.state if running else "READY",
        "CrawlElapsedTime": int(running.seconds * 1000) if running else 0,
        "LastCrawl": over[-1].described() if over else None,
    }
    return {key: value for key, value in shown.items() if value not in (None, "")}


def _metrics(request: Request) -> Any:
    names = request.get("CrawlerNameList") or sorted(glue._crawlers)
    return {"CrawlerMetricsList": [_measured(n) for n in names if n in glue._crawlers]}


def _measured(name: str) -> dict[str, Any]:
    over = [crawl for crawl in CRAWLS.of(name) if crawl.ended is not None]
    took = sorted(crawl.seconds for crawl in over)
    last = over[-1] if over else None
    counted = {
        f"Tables{what.capitalize()}": last.tables[what] if last else 0
        for what in ("created", "updated", "deleted")
    }
    return {
        "CrawlerName": name,
        "TimeLeftSeconds": 0.0,
        "StillEstimating": CRAWLS.running(name) is not None,
        "LastRuntimeSeconds": last.seconds if last else 0.0,
        "MedianRuntimeSeconds": took[len(took) // 2] if took else 0.0,
        **counted,
    }


def _deleting(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def delete(data: dict[str, Any]) -> Any:
        name = str(data.get("Name"))
        if CRAWLS.running(name):
            message = f"Crawler {name} is running; stop it first"
            return responses.error_response_json("CrawlerRunningException", message, 400)
        CRAWLS.forget(name)
        return original(data)

    return delete


def _resetting(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        CRAWLS.clear()
        original()

    return reset
