"""A Postfix that relays through SES: its settings, its maps, the change-over from another relay.

<https://docs.aws.amazon.com/ses/latest/dg/postfix.html>
"""

from runbook.credentials.postfix.writing import File, Relay, as_document, files

__all__ = ["File", "Relay", "as_document", "files"]
