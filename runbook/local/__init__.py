"""`groundwork local`."""
