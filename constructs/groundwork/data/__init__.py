"""Data: networks, security groups and databases."""
