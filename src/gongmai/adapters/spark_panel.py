"""Apache Spark over the panel's Parquet files, for panels beyond one machine."""

import importlib.util
import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.conf import settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkMissingError(RuntimeError):
    """Java or pyspark is not installed here; `make spark` adds what is missing."""


class SparkPanelEngine:
    """A `PanelEngine`: one session for the process, on ``settings.GONGMAI_SPARK_MASTER``."""

    dialect = "spark"

    def __init__(self) -> None:
        self._session: SparkSession | None = None
        self._views: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def query(
        self, sql: str, parameters: Sequence[Any] = (), *, sources: Mapping[str, Sequence[Path]]
    ) -> pa.Table:
        """Run one SELECT over views named by `sources`."""
        session = self.session()
        with self._lock:
            for relation, files in sources.items():
                key = tuple(map(str, files))
                if self._views.get(relation) != key:
                    register(session, relation, key)
                    self._views[relation] = key
            frame = session.sql(sql, args=list(parameters)) if parameters else session.sql(sql)
            return frame.toArrow()

    def session(self) -> "SparkSession":
        """The session, started on first use; SparkMissingError where it cannot be."""
        with self._lock:
            if self._session is None:
                check_installed()
                self._session = start(settings.GONGMAI_SPARK_MASTER)
            return self._session

    def stop(self) -> None:
        """End the session and its Java process."""
        with self._lock:
            if self._session is not None:
                self._session.stop()
                self._session, self._views = None, {}


def check_installed() -> None:
    """Raise SparkMissingError, saying what to do, unless pyspark and Java are there."""
    if importlib.util.find_spec("pyspark") is None:
        raise SparkMissingError("Apache Spark is not installed in this environment: run `make spark`")
    java = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (java and Path(java, "bin", "java").exists()):
        raise SparkMissingError("Apache Spark needs Java 17 or newer: install it, then run `make spark`")


def start(master: str) -> "SparkSession":
    """Start a session with few partitions: a panel's groups are small next to its rows."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(master)
        .appName("gongmai")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", settings.TIME_ZONE)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


def register(session: "SparkSession", relation: str, files: Sequence[str]) -> None:
    """Make a view of Parquet files, with the running number of the period."""
    from pyspark.sql import functions

    frame = session.read.option("mergeSchema", "true").parquet(*files)
    index = functions.expr("(period div 100) * 11 + period % 100 - 2").cast("int")
    frame.withColumn("period_index", index).createOrReplaceTempView(relation)
