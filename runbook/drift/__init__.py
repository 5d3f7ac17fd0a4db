"""`groundwork drift`: what was changed behind the file's back."""
