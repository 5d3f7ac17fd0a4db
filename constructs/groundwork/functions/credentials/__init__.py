"""The function that makes, renews and removes access keys."""
