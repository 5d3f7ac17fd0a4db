"""Secrets: their references, generated passwords and policies."""

import json
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from tests.embedded.gaps.templates import ROOT, ref, unless

EMPTY_SECRET = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "{}"}}


class TestSecrets:
    SECRET: ClassVar[dict[str, Any]] = {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"Name": "ref/secret"},
    }

    def test_ref_is_the_arn(self, aws: Any, pristine: Any) -> None:
        arn = aws.deploy("secret-ref", {"Secret": self.SECRET}, Ref=ref("Secret"))["Ref"]
        assert arn == aws.client("secretsmanager").describe_secret(SecretId="ref/secret")["ARN"]
        outputs = pristine.deploy("secret-ref", {"Secret": self.SECRET}, Ref=ref("Secret"))
        assert outputs == {"Ref": "ref/secret"}

    def test_a_secret_is_updated_in_place_and_deleted(self, aws: Any) -> None:
        secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "changing"}}
        before = aws.deploy("secret-change", {"Secret": secret}, Ref=ref("Secret"))
        described = {**secret, "Properties": {"Name": "changing", "Description": "new"}}
        assert aws.deploy("secret-change", {"Secret": described}, Ref=ref("Secret")) == before
        secrets = aws.client("secretsmanager")
        assert secrets.describe_secret(SecretId=before["Ref"])["Description"] == "new"
        assert aws.delete("secret-change") == "DELETE_COMPLETE"
        with pytest.raises(secrets.exceptions.ResourceNotFoundException):
            secrets.describe_secret(SecretId="changing")

    def test_a_generated_password_excludes_what_it_should(self, aws: Any, pristine: Any) -> None:
        def password(where: Any) -> str:
            generate = {
                "SecretStringTemplate": '{"username": "postgres"}',
                "GenerateStringKey": "password",
                "PasswordLength": 200,
                "ExcludePunctuation": True,
                "ExcludeCharacters": "abc",
            }
            properties = {"Name": "generated", "GenerateSecretString": generate}
            resource = {"Type": "AWS::SecretsManager::Secret", "Properties": properties}
            where.deploy("generated", {"Secret": resource})
            value = where.client("secretsmanager").get_secret_value(SecretId="generated")
            secret = json.loads(value["SecretString"])
            assert secret["username"] == "postgres"
            return str(secret["password"])

        generated = password(aws)
        assert len(generated) == 200
        assert generated.isalnum()
        assert not set(generated) & set("abc")
        assert not password(pristine).isalnum()


class TestSecretPolicies:
    def read(self, where: Any, readers: str, **whose: str) -> str:
        client, name = where.client("secretsmanager"), f"{readers}-{len(whose)}"
        secret = client.create_secret(Name=f"open-to-{name}", SecretString="{}")["ARN"]
        theirs = json.dumps(unless(f"arn:aws:iam::123456789012:{readers}"))
        client.put_resource_policy(SecretId=secret, ResourcePolicy=theirs)
        reading = where.client("secretsmanager", **whose)
        return str(reading.get_secret_value(SecretId=secret)["SecretString"])

    def test_a_secret_is_closed_to_administrators_and_the_root_user_too(self, aws: Any) -> None:
        denied = "{} is not authorized.* resource-based policy"
        with pytest.raises(ClientError, match=denied.format("user/administrator")):
            self.read(aws, "role/reader")
        with pytest.raises(ClientError, match=denied.format("root")):
            self.read(aws, "role/reader", **ROOT)
        assert self.read(aws, "root", **ROOT) == "{}"
        assert self.read(aws, "user/administrator") == "{}"

    def test_ministack_still_asks_no_policy_about_the_root_user(self, pristine: Any) -> None:
        assert self.read(pristine, "role/reader") == "{}"

    def resource(self, role: str) -> dict[str, Any]:
        properties = {"SecretId": {"Ref": "Secret"}, "ResourcePolicy": unless(role)}
        return {"Type": "AWS::SecretsManager::ResourcePolicy", "Properties": properties}

    def test_a_policy_is_put_changed_and_taken_away(self, aws: Any) -> None:
        client = aws.client("secretsmanager")
        found = []
        for policy in (self.resource("first"), self.resource("second"), None):
            resources = {"Secret": EMPTY_SECRET, **({"Policy": policy} if policy else {})}
            arn = aws.deploy("closed", resources, Arn={"Ref": "Secret"})["Arn"]
            found.append(client.get_resource_policy(SecretId=arn).get("ResourcePolicy", ""))
        assert ["first" in found[0], "second" in found[1], bool(found[2])] == [True, True, False]
        assert aws.delete("closed") == "DELETE_COMPLETE"
