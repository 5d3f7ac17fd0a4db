"""The note on GitLab's merge request, against a stand-in for its API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "docs" / "examples" / "gitlab_note.py"
REVIEW = "20261122T101500-0a1b2c"
PART = "<!-- groundwork-review {}/{} -->\n\nText {}\n"


class Api(HTTPServer):
    """GitLab's API of one merge request, with a note of somebody else's."""

    notes: dict[int, str]


class Handler(BaseHTTPRequestHandler):
    server: Api

    def answer(self) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "secret"
        size = int(self.headers.get("Content-Length") or 0)
        fields = parse_qs(self.rfile.read(size).decode())
        place, _, number = self.path.partition("?")[0].rpartition("/notes/")
        notes = self.server.notes
        if place and self.command == "DELETE":
            del notes[int(number)]
        elif place:
            notes[int(number)] = fields["body"][0]
        elif self.command == "POST":
            notes[max(notes) + 1] = fields["body"][0]
        if "/notes" in self.path:
            found = [{"id": number, "body": body} for number, body in sorted(notes.items())]
        else:
            found = [{"iid": 7}]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server calls them so

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api(("127.0.0.1", 0), Handler)
    server.notes = {1: "Looks good."}
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(api: Api, *arguments: str, status: str = "success") -> None:
    given = {
        "CI_API_V4_URL": f"http://127.0.0.1:{api.server_port}",
        "CI_COMMIT_BRANCH": "review",
        "CI_COMMIT_SHORT_SHA": "0123456789ab",
        "CI_DEFAULT_BRANCH": "main",
        "CI_JOB_STATUS": status,
        "CI_JOB_URL": "https://gitlab.example.org/job",
        "CI_PROJECT_ID": "1",
        "GROUNDWORK_NOTES_TOKEN": "secret",
        "REVIEW": REVIEW,
        "PATH": os.environ["PATH"],
    }
    subprocess.run([sys.executable, str(SCRIPT), *arguments], env=given, check=True)


def prepared(api: Api, folder: Path, parts: int) -> None:
    folder.mkdir()
    for number in range(1, parts + 1):
        (folder / f"{number}.md").write_text(PART.format(number, parts, number))
    (folder / "id").write_text(f"{REVIEW}\n")
    run(api, "prepared", str(folder))


def test_each_pipeline_updates_the_notes_of_the_last_and_no_others(
    api: Api, tmp_path: Path
) -> None:
    prepared(api, tmp_path / "first", 2)
    assert len(api.notes) == 3
    prepared(api, tmp_path / "second", 1)
    assert api.notes[1] == "Looks good."
    assert [*api.notes] == [1, 2]
    assert "Text 1" in api.notes[2]
    assert f"`review` = `{REVIEW}`" in api.notes[2]


@pytest.mark.parametrize(
    ("status", "words"), [("success", "Executed"), ("failed", "**Not executed to the end**")]
)
def test_the_note_says_how_the_execution_ended(
    api: Api, tmp_path: Path, status: str, words: str
) -> None:
    prepared(api, tmp_path / "review", 1)
    run(api, "ended", status=status)
    assert f"{words}: `{REVIEW}`" in api.notes[2]
    assert "Text 1" in api.notes[2]
    assert "Next:" not in api.notes[2]
