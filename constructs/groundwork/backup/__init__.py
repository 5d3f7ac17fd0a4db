"""Backup: buckets, their lifecycle, and what each tool may do with them."""
