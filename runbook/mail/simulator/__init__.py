"""Mail to SES's mailbox simulator, sent as a sender sends it, and followed until it is told of."""
