"""Whether a sender may send as an address, and what decides that: IAM, SES, or the sandbox."""
