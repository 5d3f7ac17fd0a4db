"""Leaving the SES sandbox."""

from __future__ import annotations

from constructs import Construct

from groundwork.mail.account_calls import AccountCalls
from settings.models.mail import ProductionAccess as Declared

__all__ = ["ProductionAccess"]

MAIL_TYPES = {"transactional": "TRANSACTIONAL", "promotional": "MARKETING"}


class ProductionAccess(Construct):
    """Asks AWS, once, to let the account out of the sandbox in the stack's region.

    AWS answers by e-mail within about a day, and CloudFormation does not wait for it. Until then
    mail goes to verified addresses only.
    <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>
    """

    def __init__(self, scope: Construct, identifier: str, *, declared: Declared) -> None:
        super().__init__(scope, identifier)
        calls = AccountCalls(
            self,
            "calls",
            beside=__file__,
            description="Asks AWS to let the account out of the SES sandbox",
            calls=("GetAccount", "PutAccountDetails"),
            remembers=False,
        )
        calls.resource(
            "request",
            kind="SesProductionAccess",
            properties={
                "Request": {
                    "MailType": MAIL_TYPES[declared.mail_type],
                    "WebsiteURL": declared.website,
                    "ContactLanguage": declared.language.upper(),
                    "UseCaseDescription": declared.use_case,
                    "AdditionalContactEmailAddresses": [*declared.contacts],
                }
            },
        )
