"""`GenerateSecretString` ignores what it should exclude: punctuation, numbers, cases, spaces.

A password with characters that its database or its URL cannot take is a real failure; here it would
be one that only the emulator has. `GetRandomPassword` of the same ministack does it right.
"""

from __future__ import annotations

import json

from embedded.gaps._ministack import Properties, accepted, provisioners, service

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
    words = {"true": True, "false": False}
    values = {k: words.get(v, v) if isinstance(v, str) else v for k, v in request.items()}
    values["PasswordLength"] = int(values.get("PasswordLength", 32))
    answer = accepted(service("secretsmanager")._get_random_password(values), TYPE)
    return str(json.loads(answer)["RandomPassword"])
