"""The child that reads uploads: its limits as the system holds them, what it does not follow or decode."""

import os
import resource
import socket
import subprocess
import time
from io import BytesIO
from tempfile import TemporaryFile
from threading import Thread

import openpyxl
import orjson
import pytest
from tests.specimens import hostile

from gongmai.adapters import workbook_reader
from gongmai.core.document.queries import annotate_upload, read_upload
from gongmai.core.document.types import DEFAULT_LIMITS, RETURN_LIMITS, ListedMark, Listing, Mark

MEGABYTE = 1024 * 1024


def limits_of(process):
    kinds = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE")
    return {kind: resource.prlimit(process.pid, getattr(resource, kind)) for kind in kinds}


@pytest.mark.parametrize("limits", [DEFAULT_LIMITS, RETURN_LIMITS], ids=["file", "return"])
def test_the_child_holds_hard_limits_before_it_reads_the_first_byte(monkeypatch, tmp_path, limits):
    started = []
    honest = subprocess.Popen

    def noted(*arguments, **more):
        started.append(honest(*arguments, **more))
        return started[-1]

    monkeypatch.setattr(workbook_reader.subprocess, "Popen", noted)
    end, begin = os.pipe()
    with TemporaryFile() as answer, os.fdopen(end, "rb") as given:
        arguments = (workbook_reader.CHILD, str(tmp_path), given, answer, limits)
        worker = Thread(target=workbook_reader._run_child, args=arguments)
        worker.start()
        with os.fdopen(begin, "wb") as sender:  # while nothing is sent the child waits, confined
            while not started or limits_of(started[0])["RLIMIT_CORE"] != (0, 0):
                assert worker.is_alive()
                time.sleep(0.02)
            held = limits_of(started[0])
            sender.write(hostile.make_workbook())
        worker.join()
        answer.seek(0)
        assert orjson.loads(answer.read())["sheets"][0]["rows"] == [[1]]
    assert held["RLIMIT_AS"] == (512 * MEGABYTE, 512 * MEGABYTE)
    soft, hard = held["RLIMIT_CPU"]
    assert soft <= 10
    assert hard <= 11
    assert held["RLIMIT_NPROC"] == (0, 0)
    assert held["RLIMIT_NOFILE"] == (16, 16)
    assert held["RLIMIT_FSIZE"][1] <= 32 * MEGABYTE


def test_a_picture_of_four_thousand_million_pixels_is_never_decoded():
    name, content = hostile.pixel_flood()
    assert read_upload(name, content).sheets[0].at(0, 0) == 1
    marks = [Mark("Sheet1", 0, 0, "too small")]
    listing = Listing("Findings", ["what", "where"], [ListedMark(["too small", "A1"], "Sheet1", 0, 0)])
    noted = openpyxl.load_workbook(BytesIO(annotate_upload(name, content, marks, listing)))
    assert noted["Sheet1"]["A1"].comment.text == "too small"


def test_links_to_other_files_are_not_followed_and_not_given_back():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name, content = hostile.linked_to_other_files(listener.getsockname()[1])
        assert read_upload(name, content).sheets[0].rows == [[77, "go"]]
        listing = Listing("Findings", ["what", "where"], [])
        back = annotate_upload(name, content, [Mark("S", 0, 0, "look")], listing)
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()
    with hostile.zipfile.ZipFile(BytesIO(back)) as archive:
        assert not any("externalLink" in part for part in archive.namelist())
        assert not any(b"127.0.0.1" in archive.read(part) for part in archive.namelist())
