"""`groundwork mail`."""
