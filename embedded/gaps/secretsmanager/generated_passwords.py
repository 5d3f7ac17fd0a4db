"""What a generated password leaves out.

A password with characters that its database or its URL cannot take is a real failure; here it would
be one that only the emulator has. `GetRandomPassword` of the same ministack does it right.
"""

from __future__ import annotations

import json

from embedded.gaps._calls import accepted, with_booleans
from embedded.gaps._ministack import Properties, provisioners, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`GenerateSecretString` leaves out the characters that it should exclude.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-secretsmanager-secret-generatesecretstring.html"
    ),
    ministack="It ignores most of what is to be excluded.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SecretsManager::Secret"
NOT_OF_THE_PASSWORD = ("SecretStringTemplate", "GenerateStringKey")


def install() -> None:
    """Generate by the API's own function."""
    pristine = provisioners._sm_secret_string

    def secret_string(properties: Properties) -> str:
        if properties.get("SecretString") or not properties.get("GenerateSecretString"):
            return str(pristine(properties))
        return _generated(properties["GenerateSecretString"])

    provisioners._sm_secret_string = secret_string


def _generated(properties: Properties) -> str:
    password = _password({k: v for k, v in properties.items() if k not in NOT_OF_THE_PASSWORD})
    if "SecretStringTemplate" not in properties:
        return password
    secret = json.loads(properties["SecretStringTemplate"])
    return json.dumps({**secret, properties["GenerateStringKey"]: password})


def _password(request: Properties) -> str:
    values = {"PasswordLength": 32, **with_booleans(request)}
    values["PasswordLength"] = int(values["PasswordLength"])
    answer = accepted(service("secretsmanager")._get_random_password(values), TYPE)
    return str(json.loads(answer)["RandomPassword"])
