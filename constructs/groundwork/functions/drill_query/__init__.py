"""Asks the restored copy of a database.

Alone among the functions it has packages besides the runtime's own, which are packed along with it:
`data/drill/packing.py`.
"""
