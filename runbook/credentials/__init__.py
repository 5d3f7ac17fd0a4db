"""`groundwork credentials`: the keys and passwords of senders, backup users and databases."""
