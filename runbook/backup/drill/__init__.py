"""`groundwork backup drill`: a backup is restored, looked at, and removed again."""
