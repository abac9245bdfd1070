"""What retail demographics costs per image and per month."""

from dataclasses import dataclass

from costs.bill import GB_MONTH, QUERIES, SCANNED, Line, Range, at_rest, line
from costs.markdown import table
from costs.tables import month_costs, price_list, two_bills

IMAGES = (1_000, 1_000_000)
PICTURE_HOURS = (0.1, 24.0)  # deleted once counted, or by the lifecycle rule


@dataclass(frozen=True, slots=True)
class Shop:
    """What a deployment does per image. The low case is a good day, the high case a bad one."""

    picture_bytes: Range = Range(100_000, 500_000)
    faces: Range = Range(1, 5)
    row_bytes: Range = Range(450, 650)
    row_months: float = 13.2
    frames_per_batch: Range = Range(200, 10)
    billed_seconds: Range = Range(0.2, 0.9)
    memory_gb: float = 0.5
    receives: Range = Range(0.2, 2.0)
    kms_requests: Range = Range(0.02, 2.0)
    objects: Range = Range(0.005, 0.03)
    calls: Range = Range(1.0, 1.02)
    log_bytes: Range = Range(150, 1_500)


def per_image(images: int, shop: Shop | None = None) -> list[Line]:
    """Itemise what a number of images costs."""
    s = shop or Shop()

    def each(item: str, price: str, low: float, high: float, why: str) -> Line:
        return line(item, price, low * images, high * images, why)

    picture = [s.picture_bytes.low * PICTURE_HOURS[0], s.picture_bytes.high * PICTURE_HOURS[1]]
    rows = [s.faces.low * s.row_bytes.low, s.faces.high * s.row_bytes.high]
    batches = (1 / s.frames_per_batch.low, 1 / s.frames_per_batch.high)
    return [
        each("Rekognition DetectFaces", "rekognition_detect_faces", s.calls.low, s.calls.high,
             "one call per image; high: 2 % asked again"),
        each("S3, frame in", "s3_put", 1, 1, "one PUT by the camera; DELETE is free"),
        each("S3, frame read", "s3_get", 1 + s.calls.low, 1 + s.calls.high,
             "its checksum is asked for, Rekognition reads the object"),
        each("S3, frame kept", "s3_storage", picture[0] / GB_MONTH, picture[1] / GB_MONTH,
             "100 kB for six minutes; high: 500 kB for a day"),
        each("S3, CSV out", "s3_put", s.objects.low, s.objects.high,
             "many frames per object: 5 to 30 objects per 1,000 images"),
        each("S3, CSV kept", "s3_storage", rows[0] / 1e9 * s.row_months,
             rows[1] / 1e9 * s.row_months, "1 to 5 rows of about 0.5 kB, for 400 days"),
        each("SQS", "sqs_request", 1 + s.receives.low, 1 + s.receives.high,
             "one send; receive and delete in batches of ten, high: one by one"),
        each("Lambda requests", "lambda_request", *batches, "200 frames a batch; high: 10"),
        each("Lambda duration", "lambda_duration_arm", s.billed_seconds.low * s.memory_gb,
             s.billed_seconds.high * s.memory_gb,
             "512 MiB for 0.2 s per image (five calls a second); high: slow answers"),
        each("DynamoDB ledger, read", "dynamodb_read", 2, 2.02,
             "two consistent reads, of the version and of the picture"),
        each("DynamoDB ledger, write", "dynamodb_write", 2, 2, "likewise written; expiry is free"),
        each("KMS", "kms_request", s.kms_requests.low, s.kms_requests.high,
             "bucket key; high: as if there were none"),
        each("CloudWatch Logs", "logs_ingest", s.log_bytes.low / 1e9, s.log_bytes.high / 1e9,
             "a line per batch; high: a line per frame and retries"),
    ]  # fmt: skip


def per_month(*, queries: Range = QUERIES, scanned: Range = SCANNED) -> list[Line]:
    """Itemise what a deployed stack costs in a month, images aside."""
    why = "frames, faces, rejects by reason, confidence"
    return at_rest(
        metrics=line("CloudWatch metrics", "metric", 9, 15, why),
        alarms=line("CloudWatch alarms", "alarm", 5, 8,
                    "dead letters, age, errors, throttles, rejects"),
        queries=queries,
        scanned=scanned,
    )  # fmt: skip


def hours_for(images: int, calls_per_second: float) -> float:
    """Return the least hours that a quota allows for a number of images."""
    return images / calls_per_second / 3600


def tables() -> dict[str, str]:
    """Write the tables of the page, by the name of their place."""
    month = per_month()
    return {
        "costs-per-image": image_costs(),
        "costs-per-month": month_costs(month),
        "prices": price_list([*per_image(1), *month]),
        "quota": quota(),
    }


def image_costs() -> str:
    """Tabulate the cost of a thousand and of a million images."""
    heads = ["US dollars", "1,000 low", "1,000 high", "1 M low", "1 M high", "Because"]
    bills = [per_image(n) for n in IMAGES]
    return two_bills(heads, bills, "Rekognition", lambda lines: lines[1:])


def quota() -> str:
    """Tabulate how long a million images take at the quotas that AWS grants by default."""
    rows = [
        [
            f"{tps} calls a second",
            where,
            f"{tps * 86_400:,}",
            f"{hours_for(1_000_000, tps):.1f} h",
        ]
        for tps, where in (
            (50, "us-east-1, us-west-2, eu-west-1"),
            (5, "most other Regions"),
        )
    ]
    return table(
        ["DetectFaces quota", "Where", "Images a day at most", "1 M images, at least"], rows
    )
