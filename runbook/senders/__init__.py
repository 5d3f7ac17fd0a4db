"""`groundwork senders`: the register of senders as a report."""
