"""Leaving the SES sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from groundwork.kit import RuntimeFunction
from groundwork.mail.account_calls import allow_account_calls
from settings.contract import CustomType
from settings.models.mail import MailType, ProductionAccess

MAIL_TYPES: Mapping[MailType, str] = {"transactional": "TRANSACTIONAL", "promotional": "MARKETING"}


class ProductionAccessRequest(Construct):
    """Asks AWS, once, to let the account out of the sandbox in the stack's region.

    AWS answers by e-mail within about a day, and CloudFormation does not wait for it. Until then
    mail goes to verified addresses only.
    <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, declared: ProductionAccess) -> None:
        super().__init__(scope, construct_id)
        function = RuntimeFunction(
            self,
            "function",
            runs="production_access",
            description="Asks AWS to let the account out of the SES sandbox",
        )
        allow_account_calls(function, "GetAccount", "PutAccountDetails")
        function.custom_resource(
            self,
            "request",
            resource_type=CustomType.PRODUCTION_ACCESS,
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
