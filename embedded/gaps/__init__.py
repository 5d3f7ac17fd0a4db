"""What AWS does and ministack does not, one module a gap.

Each has a test that fails as soon as ministack closes the gap by itself: then the module goes.
"""

from __future__ import annotations

from importlib import import_module

GAPS = (
    "account_suppression",
    "alarms",
    "buckets",
    "change_set_permissions",
    "custom_resources",
    "databases",
    "email_identities",
    "flow_logs",
    "generated_secrets",
    "iam_groups",
    "identity_feedback",
    "instance_profile_ref",
    "instances",
    "ipv6",
    "oidc_providers",
    "principal_arn",
    "public_images",
    "receipt_rules",
    "replacements",
    "role_boundaries",
    "rotation",
    "secret_policies",
    "secret_ref",
    "security_group_rules",
    "ses_authorization",
    "stack_policies",
    "trails",
    "verified_senders",
)


def install() -> None:
    """Extend the ministack of this process, once, before it serves."""
    for name in GAPS:
        import_module(f"{__name__}.{name}").install()
