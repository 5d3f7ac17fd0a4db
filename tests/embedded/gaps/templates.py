"""What templates in these tests are made of."""

from typing import Any

ALLOWED = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [ALLOWED]}
LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "any"}
"""What the root user signs with."""


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, of: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [of, name]}


def document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def unless(role: str) -> dict[str, Any]:
    """A policy that refuses the value to everybody but one role."""
    return document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role}},
        }
    )


def function(code: str) -> dict[str, Any]:
    """A function of Python with the role `Role`, whose resource the template has."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": attribute("Arn", of="Role"),
            "Code": {"ZipFile": code},
        },
    }
