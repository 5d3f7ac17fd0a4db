"""Change sets: prepared, reviewed, approved, and executed exactly as they were reviewed."""
