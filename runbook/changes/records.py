"""Reviews, approvals and executions, each below a path that says who wrote it.

    reviews/<who>/<review>/review.json     what would be done, for people
    reviews/<who>/<review>/orders.json     what the state machine would do, in its own words
    approvals/<who>/<review>.json
    approvals/<who>/<review>/start.json    who had it executed
    executions/<review>/<moment>-<how far>.json
    locks/<stack>/<number>.json            who prepares a stack; nothing rests on who wrote it

`<who>` is AWS's own id of the caller (`aws:userid`), and the roles' policies let each write below
its own alone: who prepared and who approved is read from there, and never from a record's fields.
<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-userid>
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import boto3
from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.orders import checksum, orders_of
from runbook.changes.review import Approval, Execution, ExecutionStatus, Review
from runbook.changes.stores import Bucket, Folder, Store
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Record = TypeVar("Record", bound=BaseModel)


class StoredReview(NamedTuple):
    """A review, the digest of the very text that it was read from, and who wrote it."""

    review: Review
    digest: str
    prepared_by: str
    """The id that AWS has of the caller."""
    orders: str
    """S3's checksum of what the state machine would do, as we work it out from the review."""


class StoredApproval(NamedTuple):
    """An approval, and who wrote it."""

    approval: Approval
    approved_by: str


class Records:
    """Reviews by id, with their approvals and executions. `writer` is the caller's own id."""

    def __init__(self, store: Store, writer: str) -> None:
        self.store = store
        self.writer = writer

    def save_review(self, review: Review) -> None:
        """Save a review, and the orders that follow from it."""
        folder = f"reviews/{self.writer}/{review.id}"
        self.store.write(f"{folder}/orders.json", orders_of(review).text())
        self.store.write(f"{folder}/review.json", review.text())

    def save_approval(self, approval: Approval) -> None:
        """Save an approval. Everybody approves a review once."""
        name = f"approvals/{self.writer}/{approval.review}.json"
        if self.store.read(name) is not None:
            raise UserError(
                f"Review {approval.review} is already approved by you.",
                f"Execute it: groundwork changes execute {approval.review}",
            )
        self.store.write(name, approval.model_dump_json(indent=2) + "\n")

    def save_start(self, review: str) -> None:
        """Save that the caller has a review executed: the state machine takes that from there."""
        name = f"approvals/{self.writer}/{review}/start.json"
        if self.store.read(name) is None:
            self.store.write(name, json.dumps({"review": review}) + "\n")

    def save_execution(self, execution: Execution) -> None:
        """Save that an execution begins, or how it ended."""
        moment = f"{execution.executed_at:%Y%m%dT%H%M%S%f}"
        name = f"executions/{execution.review}/{moment}-{execution.status}.json"
        self.store.write(name, execution.model_dump_json(indent=2) + "\n")

    def review(self, identifier: str | None) -> StoredReview:
        """Return a review, the newest unless named. The start of its id is enough.

        Unless named, one that cannot be read is passed over: anybody who may write could leave it.
        """
        found = [*self._written()]
        if identifier is None:
            for name, who in reversed(found):
                with suppress(UserError):
                    return self._stored(name, who)
        chosen = [entry for entry in found if identifier and entry[0].startswith(identifier)]
        exact = [entry for entry in chosen if entry[0] == identifier] or chosen
        if not exact:
            raise UserError(
                f"There is no such review in {self.store.place}.",
                "Make one: groundwork changes prepare",
            )
        if len(exact) > 1:
            written = ", ".join(f"{name} by {who}" for name, who in exact)
            raise UserError(f"{identifier} matches several reviews: {written}")
        return self._stored(*exact[0])

    def reviews(self) -> Iterator[tuple[str, StoredReview | None]]:
        """Yield all reviews by id, the oldest first; None for one that cannot be read."""
        for name, who in self._written():
            found = None
            with suppress(UserError):
                found = self._stored(name, who)
            yield name, found

    def since(self, when: datetime) -> Iterator[StoredReview]:
        """Yield the reviews that were prepared since then, by their ids; none that is damaged."""
        for name, who in self._written():
            if name >= f"{when:%Y%m%dT%H%M%S}":
                with suppress(UserError):
                    yield self._stored(name, who)

    def refuse_other_orders(self, found: StoredReview) -> None:
        """Refuse a review beside which other orders were saved than those that follow from it."""
        text = self.store.read(f"reviews/{found.prepared_by}/{found.review.id}/orders.json")
        if checksum(text or "") != found.orders:
            raise UserError(
                f"Review {found.review.id} was prepared with another version of Groundwork, or "
                "somebody altered its orders.",
                "Prepare again, with this version.",
            )

    def approvals(self, found: StoredReview) -> list[StoredApproval]:
        """Return who approved this very review. What approves another text of it is none."""
        stored = []
        for name in self.store.names("approvals/"):
            kind, who, *rest = name.split("/")
            if rest == [f"{found.review.id}.json"] and kind:
                with suppress(UserError):
                    approval = _parsed(Approval, self.store.read(name))
                    if (approval.digest, approval.orders) == (found.digest, found.orders):
                        stored.append(StoredApproval(approval, who))
        return stored

    def executions(self, review: Review) -> list[Execution]:
        """Return how far a review's executions came, the oldest first."""
        names = self.store.names(f"executions/{review.id}/")
        return [_parsed(Execution, self.store.read(name)) for name in names]

    def begun(self) -> list[str]:
        """Return the ids of the reviews whose last record is of a beginning, the oldest first."""
        last = {name.split("/")[1]: name for name in self.store.names("executions/")}
        ends = f"-{ExecutionStatus.BEGUN}.json"
        return [review for review, name in last.items() if name.endswith(ends)]

    def _written(self) -> Iterator[tuple[str, str]]:
        """Yield every review's id with who wrote it, the oldest first."""
        parts = (name.split("/") for name in self.store.names("reviews/"))
        ours = (part for part in parts if len(part) == 4 and part[3] == "review.json")
        yield from sorted((identifier, who) for _, who, identifier, _ in ours)

    def _stored(self, identifier: str, who: str) -> StoredReview:
        text = self.store.read(f"reviews/{who}/{identifier}/review.json") or ""
        review = _parsed(Review, text)
        if review.id != identifier:
            raise UserError(
                f"The review {identifier} says that it is another one.", "Prepare again."
            )
        orders = checksum(orders_of(review).text())
        return StoredReview(review, hashlib.sha256(text.encode()).hexdigest(), who, orders)


def _parsed(kind: type[Record], text: str | None) -> Record:
    """Read a record. One that is damaged, or of another version's making, is a fault."""
    try:
        return kind.model_validate_json(text or "")
    except ValidationError:
        noun = kind.__name__.lower()
        raise UserError(
            f"A record is damaged or from another version of Groundwork: not a valid {noun}.",
            "Prepare again.",
        ) from None


def records_of(settings: Settings, state: Path, who: aws.Caller) -> Records:
    """Return the records of an account: in its bucket, or in a folder where it has none yet."""
    client = boto3.client("s3", region_name=settings.region, config=aws.CONFIG)
    if settings.access and _is_there(client, settings.records_bucket):
        return Records(Bucket(client, settings.records_bucket), who.id)
    return Records(Folder(state / "records" / settings.named(settings.account)), who.id)


def _is_there(client: S3Client, bucket: str) -> bool:
    """Tell a bucket that is not there yet from one that may not be seen."""
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if aws.code(error) in ("404", "NoSuchBucket"):
            return False
        said = f"The records in {bucket} cannot be read: {aws.reason(error)}"
        raise UserError(said, "Use a role that may read them, as the reader of `access`.") from None
    return True
