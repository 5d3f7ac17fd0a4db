"""Asks the restored copy of a database."""
