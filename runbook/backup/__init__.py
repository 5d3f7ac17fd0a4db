"""`groundwork backup`."""
