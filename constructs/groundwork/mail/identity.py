"""Identities: the domains and addresses that SES may send for."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ses as ses
from constructs import Construct

from groundwork.mail.records import Record, domain_records, identity_records
from settings.models.identities import Domain, MailFromFailure

BEHAVIOR: Mapping[MailFromFailure, str] = {
    "use-default": "USE_DEFAULT_VALUE",
    "reject": "REJECT_MESSAGE",
}


class DomainIdentity(Construct):
    """A domain with Easy DKIM of 2048 bits in one region, and the DNS records that verify it.

    SES looks for the records for 72 hours and sends for the domain once it found them.
    <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        declared: Domain,
        region: str,
        configuration_set: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        mail_from = declared.mail_from_domain(name, region)
        self.identity = ses.CfnEmailIdentity(
            self,
            "identity",
            email_identity=name,
            dkim_attributes=ses.CfnEmailIdentity.DkimAttributesProperty(signing_enabled=True),
            dkim_signing_attributes=ses.CfnEmailIdentity.DkimSigningAttributesProperty(
                next_signing_key_length="RSA_2048_BIT"
            ),
            mail_from_attributes=_mail_from(mail_from, declared) if mail_from else None,
            configuration_set_attributes=_attributes(configuration_set),
        )
        self.records: list[Record] = [
            *identity_records(self.identity, mail_from=mail_from, region=region),
            *(domain_records(name, declared) if region == declared.regions[0] else ()),
        ]


class AddressIdentity(Construct):
    """An address that is verified on its own, by the link in a message that SES sends to it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        configuration_set: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.identity = ses.CfnEmailIdentity(
            self,
            "identity",
            email_identity=name,
            configuration_set_attributes=_attributes(configuration_set),
        )


def _mail_from(domain: str, declared: Domain) -> ses.CfnEmailIdentity.MailFromAttributesProperty:
    return ses.CfnEmailIdentity.MailFromAttributesProperty(
        mail_from_domain=domain,
        behavior_on_mx_failure=BEHAVIOR[declared.mail_from_failure],
    )


def _attributes(
    name: str | None,
) -> ses.CfnEmailIdentity.ConfigurationSetAttributesProperty | None:
    if name is None:
        return None
    return ses.CfnEmailIdentity.ConfigurationSetAttributesProperty(configuration_set_name=name)
