"""`groundwork dns`: the records that a domain needs, and what the DNS answers for them."""
