"""The Spark properties that a job gets here and not on Glue: this machine, and where S3 is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

_S3A = "spark.hadoop.fs.s3a"
# What runs for seconds is over before the second compiler's work pays: with the first one alone a
# run that is the machine's first takes half the processor time, a merge of a million rows no more.
# With one compiler Java keeps 48 MB for what it compiled, where it has 240 for both. Jobs that
# differ fill them; from then on a thread looks for methods to drop, which are compiled again.
JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
_OPTIONS = "spark.driver.extraJavaOptions"
MACHINE = {
    "spark.master": "local[*]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    _OPTIONS: f"{JAVA} -Duser.timezone=UTC",
    "spark.sql.shuffle.partitions": "8",  # Glue has 200, for a cluster
    # Compiled stages are kept from run to run, as many as a few jobs have: 100 are less than one's.
    "spark.sql.codegen.cache.maxEntries": "500",
}
# Of a security configuration's modes, what S3A calls them.
_ENCRYPTION = {"SSE-S3": "AES256", "SSE-KMS": "SSE-KMS"}
# What a job may not choose, as there is one machine.
OF_THE_MACHINE = ("spark.master", "spark.driver.", "spark.executor.", "spark.jars", "spark.hadoop.")


def storage(endpoint: str, region: str) -> dict[str, str]:
    """Let ``s3://`` be the emulator, asked with the keys in the system's properties."""
    return {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        f"{_S3A}.endpoint": endpoint,
        f"{_S3A}.endpoint.region": region,
        f"{_S3A}.path.style.access": "true",
        f"{_S3A}.connection.ssl.enabled": "false",
        f"{_S3A}.aws.credentials.provider": (
            "com.amazonaws.auth.SystemPropertiesCredentialsProvider"
        ),
    }


def encryption(security: Mapping[str, object]) -> dict[str, str]:
    """Write files as a security configuration says."""
    found = security.get("S3Encryption")
    first = found[0] if isinstance(found, list) and found else {}
    mode, key = first.get("S3EncryptionMode"), first.get("KmsKeyArn")
    if mode not in _ENCRYPTION:
        return {}
    asked = {f"{_S3A}.server-side-encryption-algorithm": _ENCRYPTION[mode]}
    return asked | ({f"{_S3A}.server-side-encryption.key": str(key)} if key else {})


def keys(credentials: Mapping[str, str]) -> dict[str, str]:
    """Spell a session's keys as both generations of AWS's SDK for Java look for them."""
    secret = credentials["AWS_SECRET_ACCESS_KEY"]
    return {
        "aws.accessKeyId": credentials["AWS_ACCESS_KEY_ID"],
        "aws.secretAccessKey": secret,
        "aws.secretKey": secret,
        "aws.sessionToken": credentials["AWS_SESSION_TOKEN"],
    }


def of_tasks(environment: Mapping[str, str]) -> dict[str, str]:
    """Tell the processes of Python that tasks run in what the job's own one knows."""
    return {f"spark.executorEnv.{name}": value for name, value in environment.items()}


def asked_for(argument: str) -> dict[str, str]:
    """Read the job argument ``--conf``, which holds further ones: ``a=b --conf c=d``.

    Raises ValueError that names what this machine does not leave to a job.
    """
    found = {}
    for part in f" {argument}".split(" --conf "):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise ValueError(f"--conf holds {part.strip()!r}; want name=value")
        if name.startswith(OF_THE_MACHINE):
            raise ValueError(f"the sandbox runs Spark on one machine, and leaves no job {name}")
        found[name] = value
    return found


def lines(properties: Mapping[str, str]) -> str:
    """Write a properties file."""
    return "".join(f"{name} {value}\n" for name, value in sorted(properties.items()))


def write(folder: Path, java: Sequence[str], properties: Mapping[str, str]) -> Path:
    """Write Spark's configuration, and what Java is asked for beside; gives the file.

    It is in no folder of the class path, of which Java would archive no class then.
    """
    log, path = folder / "log4j2.properties", folder / "spark.properties"
    log.write_text(_LOG, encoding="utf-8")
    asked = [properties[_OPTIONS], f"-Dlog4j2.configurationFile={log}", *java]
    path.write_text(lines({**properties, _OPTIONS: " ".join(asked)}), encoding="utf-8")
    return path


_LOG = """\
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %p %c{1}: %m%n
logger.quiet.name = org.apache.hadoop.util.NativeCodeLoader
logger.quiet.level = error
"""
