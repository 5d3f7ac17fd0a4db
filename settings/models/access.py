"""The access part of the configuration: who prepares changes, who executes them, who only looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.values.addresses import DomainName, EmailAddress
from settings.values.areas import Area
from settings.values.matching import Matching, at_most
from settings.values.names import ROLE

Provider = Literal["github", "gitlab"]

# A policy would read * and ? as wildcards, and ${…} as a variable.
_EXACT = r"[^*?${}\s](?:[^*?${}\n]*[^*?${}\s])?"

GitHubSubject = Annotated[
    str,
    Matching(
        rf"repo:[\w.-]+(?:@\d+)?/[\w.-]+(?:@\d+)?:{_EXACT}",
        "a subject of GitHub Actions without a wildcard, as in "
        "repo:OWNER/NAME:environment:production (for a repository made since July 2026 with "
        "its numbers: repo:OWNER@123/NAME@456:environment:production)",
    ),
]
"""<https://docs.github.com/en/actions/reference/security/oidc>"""

GitLabSubject = Annotated[
    str,
    Matching(
        rf"project_path:[\w.-]+(?:/[\w.-]+)+:ref_type:(?:branch|tag):ref:{_EXACT}",
        "a subject of GitLab without a wildcard, as in "
        "project_path:GROUP/PROJECT:ref_type:branch:ref:main",
    ),
]
"""<https://docs.gitlab.com/ci/cloud_services/>"""

PrincipalArn = Annotated[
    str,
    Matching(
        rf"arn:aws:iam::\d{{12}}:(?:role|user)/{ROLE}",
        "the ARN of one role or user without a wildcard, as in "
        "arn:aws:iam::123456789012:role/NAME (a whole account cannot be named)",
    ),
]


ItemPath = Annotated[
    str,
    Matching(
        rf"(?:{'|'.join(Area)})(?:/[^\s/*?]+)*",
        f"an area of the file ({', '.join(Area)}), a kind of item or an item, without a wildcard, "
        "as in mail, data/databases or mail/senders/billing",
    ),
]
"""Where an item stands in the file; all that is below it, too."""

GroupName = Annotated[
    str,
    Matching(
        r"[a-z](?:-?[a-z0-9])*",
        "a name of lower-case letters, digits and single hyphens, starting with a letter",
        at_most(20),
    ),
]
"""It ends the name of a role, for which IAM takes 64 characters."""


class RoleName(StrEnum):
    """The roles that together change what is deployed, by the fields that declare them."""

    AUTHOR = "author"
    APPROVER = "approver"
    READER = "reader"


class Trust(Model):
    """Who may assume a role. Everybody is named exactly."""

    github: tuple[GitHubSubject, ...] = ()
    """Jobs of GitHub Actions, by the subject of their token."""
    gitlab: tuple[GitLabSubject, ...] = ()
    """Jobs of GitLab CI/CD, by the subject of their token."""
    principals: tuple[PrincipalArn, ...] = ()
    """Roles and users of IAM, by ARN. They must exist before this is deployed."""

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Yield everybody, each after the field and position at which the file names them."""
        for field in ("github", "gitlab", "principals"):
            for index, who in enumerate(getattr(self, field)):
                yield field, index, who

    def problems(self) -> Iterator[Problem]:
        """A role that nobody can assume is a mistake."""
        if not any(self.entries()):
            yield Problem((), "needs at least one entry of github, gitlab or principals")


class Group(Trust):
    """People of whom one has to approve each change of some items, as GitHub's CODEOWNERS.

    They have a role of their own, by which AWS knows whose approval it is.
    """

    items: Annotated[tuple[ItemPath, ...], Field(min_length=1)]
    """What is theirs: an area (`mail`), a kind of item (`data/databases`) or an item."""


class Trail(Model):
    """A trail of CloudTrail: every call in the account, in all regions, in files that stay."""

    days: Annotated[int, Field(ge=1, le=36_500)] = 365
    """How long nobody can delete or change one of its files."""
    data_events: bool = True
    """Record who reads and writes objects of the file's buckets, received mail among them, and who
    sends SQL by the Data API.

    They are paid for by number.
    """


class Access(Model):
    """Three roles that together change what is deployed, and a bucket that records who did."""

    author: Trust
    """Prepares and shows changes; cannot execute them."""
    approver: Trust
    """Approves and executes what was prepared; cannot prepare anything."""
    reader: Trust | None = None
    """Sees stacks, changes and records."""
    two_people: bool = True
    """Whoever prepared a change cannot approve it."""
    approvers: Annotated[int, Field(ge=1, le=5)] = 1
    """How many different people have to approve a change."""
    groups: Annotated[Mapping[GroupName, Group], Field(max_length=20)] = {}
    """Who else has to approve, by what a change touches. They count among `approvers`, too."""
    notify: tuple[EmailAddress, ...] = ()
    """Who is told of an execution that was stopped, and of guards that may not be back."""
    records_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    """How long nobody can delete the record of a review, an approval or an execution."""
    trail: Trail | None = None
    """A trail of CloudTrail, where the account has none. The first in an account is free but for
    its bucket; of a second one, every event is paid for."""
    existing_providers: tuple[Provider, ...] = ()
    """OIDC providers that the account has already: it takes one of each."""
    gitlab_host: DomainName = "gitlab.com"
    """Where GitLab runs."""

    @property
    def roles(self) -> dict[str, Trust]:
        """Return who may assume which role, by the role's name: `author`, `approver-mail`."""
        named = {name.value: getattr(self, name) for name in RoleName}
        groups = {group_role(name): group for name, group in self.groups.items()}
        return {name: trust for name, trust in {**named, **groups}.items() if trust}

    @property
    def new_providers(self) -> list[str]:
        """Return the OIDC providers that the roles need and the account does not have yet."""
        needed = {field for trust in self.roles.values() for field, _, _ in trust.entries()}
        return sorted(needed - {"principals"} - {*self.existing_providers})

    def problems(self) -> Iterator[Problem]:
        """Keep authors and approvers apart."""
        yield from self._approving(("approver",), self.approver)
        for name, group in self.groups.items():
            yield from self._approving(("groups", name), group)

    def _approving(self, path: tuple[str, ...], trust: Trust) -> Iterator[Problem]:
        authors = {who for _, _, who in self.author.entries()}
        for field, index, who in trust.entries():
            if self.two_people and who in authors:
                yield Problem(
                    (*path, field, index),
                    "different from every author: with two_people, whoever prepares a change "
                    "cannot approve it",
                )
            if field == "github" and ":pull_request" in who:
                yield Problem(
                    (*path, field, index),
                    "an environment or a branch: a pull request's subject would let code that "
                    "nobody has reviewed execute changes",
                )


def group_role(name: str) -> str:
    """Return what the role of a group of approvers is called."""
    return f"{RoleName.APPROVER}-{name}"
