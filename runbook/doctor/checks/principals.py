"""Roles, users and providers that the file trusts: they have to exist before they are named.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.doctor.answer import Answer, State, wrong
from runbook.doctor.place import Place
from settings.plan.access import AccessItems
from settings.plan.data import DataItems

HOSTS = {"github": "token.actions.githubusercontent.com"}
OIDC = "AWS::IAM::OIDCProvider"


def look(place: Place) -> Iterator[Answer]:
    """Say of each principal and provider of `access` whether it is there."""
    for items in place.items(AccessItems):
        for arn in sorted(
            {arn for trust in items.access.roles.values() for arn in trust.principals}
        ):
            yield _principal(place, arn, "`access`")
        yield from _providers(place, items)
    for arn in sorted({role for data in place.items(DataItems) for role in _who_tunnel(data)}):
        yield _principal(place, arn, "the consumer's `roles`")


def _who_tunnel(items: DataItems) -> Iterator[str]:
    """Yield the roles that get the policy to open a replica's tunnels."""
    for database in items.databases.values():
        for replica in database.replicas.values():
            for consumer in replica.declared.consumers.values():
                yield from consumer.roles


def _principal(place: Place, arn: str, where: str) -> Answer:
    account = arn.split(":")[4]
    if account != place.settings.account:
        return Answer(
            f"{arn} is of another account", State.UNASKED, f"Ask whoever runs account {account}."
        )
    kind, _, name = arn.rpartition(":")[2].partition("/")
    name = name.rpartition("/")[2]
    try:
        if kind == "role":
            place.iam.get_role(RoleName=name)
        else:
            place.iam.get_user(UserName=name)
    except place.iam.exceptions.NoSuchEntityException:
        return wrong(f"{arn} does not exist", f"Make it, or take it out of {where}.")
    return Answer(f"{arn} exists")


def _providers(place: Place, items: AccessItems) -> Iterator[Answer]:
    """An account has one provider a host: a second one is refused."""
    access, hosts = items.access, {**HOSTS, "gitlab": items.access.gitlab_host}
    listed = place.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    there = {provider["Arn"].partition("oidc-provider/")[2]: provider["Arn"] for provider in listed}
    for name in access.existing_providers:
        if hosts[name] not in there:
            advice = f"Take {name} out of access.existing_providers."
            yield wrong(f"the account has no OIDC provider {hosts[name]}", advice)
    for new in access.new_providers:
        arn = there.get(hosts[new])
        if arn and not place.owners.of(OIDC, arn, place.region):
            advice = f"Add access.existing_providers: [{new}]"
            yield wrong(f"the account has the OIDC provider {hosts[new]} already", advice)
        else:
            yield Answer(f"the OIDC provider {hosts[new]} is {'ours' if arn else 'not there yet'}")
