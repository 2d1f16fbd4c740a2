"""`readtwice lab`, started for real."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

PATIENCE = 90  # seconds until a slow machine has started JupyterLab


@pytest.fixture
def server(course, tmp_path):
    """The address of a JupyterLab that `readtwice lab` started in a folder below the course."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = {"ServerApp": {"allow_root": True, "open_browser": False, "port": port}, "IdentityProvider": {"token": ""}}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")
    places = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-c", "from readtwice.cli import app; app()", "lab"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=course / "exercises", env=os.environ | places, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield until_up(f"http://127.0.0.1:{port}", process, tmp_path / "log")
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def until_up(address, process, log):
    for _ in range(10 * PATIENCE):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/api")
        except OSError:
            time.sleep(0.1)
        else:
            return address
    raise AssertionError(log.read_text())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="stops the server by its process group, which Windows does not have")
def test_lab_opens_the_first_lesson_and_has_the_whole_course_beside_it(server):
    with urllib.request.urlopen(server) as page:
        assert page.url == f"{server}/lab/tree/lessons/0-before-you-read.ipynb"
        assert '"news": {"disabled": true}' in page.read().decode()  # no window with news stands before a student's first lesson
    with urllib.request.urlopen(f"{server}/api/contents/") as listing:
        names = {entry["name"] for entry in json.load(listing)["content"]}
    assert {"lessons", "exercises", "solutions", "nbgrader_config.py"} <= names
