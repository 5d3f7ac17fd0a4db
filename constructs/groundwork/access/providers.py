"""Who is trusted: jobs of GitHub Actions and GitLab CI/CD by their tokens, people by their ARNs."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import aws_iam as iam
from constructs import Construct

from groundwork.kit import arn
from settings.models.access import Access, Trust

GITHUB = "token.actions.githubusercontent.com"


class Providers(Construct):
    """The OIDC providers whose tokens the roles trust.

    AWS checks the certificates of both against its own authorities: no thumbprint is needed.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, account: str, declared: Access
    ) -> None:
        super().__init__(scope, construct_id)
        self._hosts = {"github": GITHUB, "gitlab": declared.gitlab_host}
        self._audiences = {
            "github": "sts.amazonaws.com",
            "gitlab": f"https://{declared.gitlab_host}",
        }
        self._arns = {
            name: arn("iam", f"oidc-provider/{host}", account=account)
            for name, host in self._hosts.items()
        }
        for name in declared.new_providers:
            provider = iam.CfnOIDCProvider(
                self,
                name,
                url=f"https://{self._hosts[name]}",
                client_id_list=[self._audiences[name]],
            )
            self._arns[name] = provider.attr_arn

    def trusted(self, trust: Trust) -> Iterator[iam.IPrincipal]:
        """Yield a principal for each that the file names, those of one provider together."""
        if trust.github:
            yield self._tokens("github", trust.github)
        if trust.gitlab:
            yield self._tokens("gitlab", trust.gitlab)
        for named in trust.principals:
            yield _person(named) if ":user/" in named else iam.ArnPrincipal(named)

    def _tokens(self, provider: str, subjects: tuple[str, ...]) -> iam.IPrincipal:
        host = self._hosts[provider]
        return iam.FederatedPrincipal(
            self._arns[provider],
            {
                "StringEquals": {
                    f"{host}:aud": self._audiences[provider],
                    f"{host}:sub": [*subjects],
                }
            },
            "sts:AssumeRoleWithWebIdentity",
        )


def _person(arn: str) -> iam.IPrincipal:
    """Make a user's session carry the user's name, so that a record says who it was."""
    name = arn.rpartition("/")[2]
    return iam.PrincipalWithConditions(
        iam.ArnPrincipal(arn), {"StringEquals": {"sts:RoleSessionName": name}}
    )
