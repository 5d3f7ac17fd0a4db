"""The note on a merge request that says what a review does and how far it is, for gitlab-ci.yml.

    gitlab_note.py prepared FOLDER     the review's parts, 1.md, 2.md …, and what comes next
    gitlab_note.py ended               how the execution of $REVIEW ended

GROUNDWORK_NOTES_TOKEN is a project access token with the scope `api` and the role Reporter: a job's
own token may not write notes. <https://docs.gitlab.com/api/notes/>
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

MARK, STATE = "<!-- groundwork-review ", "\n<!-- groundwork-state -->\n"
PROJECT = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}"


def call(method: str, path: str, **fields: str) -> list[dict[str, str]]:
    """Call GitLab's API, and return a list of what it answers."""
    headers = {"PRIVATE-TOKEN": os.environ["GROUNDWORK_NOTES_TOKEN"]}
    body = urlencode(fields).encode() if fields else None
    asked = Request(f"{PROJECT}/{path}", body, headers, method=method)  # noqa: S310 - GitLab's own
    with urlopen(asked, timeout=60) as answer:  # noqa: S310
        found = json.loads(answer.read() or b"[]")
    return found if isinstance(found, list) else [found]


def ours(merge_request: str) -> list[dict[str, str]]:
    """Return the notes that were written here, the oldest first."""
    notes = call("GET", f"{merge_request}/notes?per_page=100&sort=asc&order_by=created_at")
    return [note for note in notes if note["body"].startswith(MARK)]


def prepared(folder: Path) -> None:
    """Write the parts of a review over those of the last one; the first says what comes next."""
    parts = sorted(folder.glob("[0-9]*.md"), key=lambda file: int(file.stem))
    texts = [part.read_text(encoding="utf-8") for part in parts]
    state = f"Prepared from `{os.environ['CI_COMMIT_SHORT_SHA']}` ({os.environ['CI_JOB_URL']})."
    identifier = folder / "id"
    if identifier.exists():
        state += f" Next: *Pipelines → New pipeline* on `{os.environ['CI_DEFAULT_BRANCH']}` with "
        state += f"`review` = `{identifier.read_text(encoding='utf-8').strip()}`."
    texts[0] += f"{STATE}{state}\n"
    branch = urlencode({"source_branch": os.environ["CI_COMMIT_BRANCH"], "state": "opened"})
    for request in call("GET", f"merge_requests?{branch}"):
        place = f"merge_requests/{request['iid']}"
        known = ours(place)
        for note, text in zip(known, texts, strict=False):
            call("PUT", f"{place}/notes/{note['id']}", body=text)
        for text in texts[len(known) :]:
            call("POST", f"{place}/notes", body=text)
        for note in known[len(texts) :]:
            call("DELETE", f"{place}/notes/{note['id']}")


def ended() -> None:
    """Say below the review how its execution ended, wherever it stands."""
    review, status = os.environ["REVIEW"], os.environ["CI_JOB_STATUS"]
    if not re.fullmatch("[0-9]{8}T[0-9]{6}-[0-9a-f]{6}", review):
        sys.exit("A review is named by its whole id.")
    words = "Executed" if status == "success" else "**Not executed to the end**"
    for request in call("GET", "merge_requests?source_branch=review&per_page=20"):
        place = f"merge_requests/{request['iid']}"
        for note in ours(place):
            text, mark, state = note["body"].partition(STATE)
            if mark and review in state:
                body = f"{text}{STATE}{words}: `{review}` ({os.environ['CI_JOB_URL']}).\n"
                call("PUT", f"{place}/notes/{note['id']}", body=body)


if __name__ == "__main__":
    prepared(Path(sys.argv[2])) if sys.argv[1] == "prepared" else ended()
