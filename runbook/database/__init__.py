"""`groundwork database`."""
