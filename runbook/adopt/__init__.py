"""`groundwork adopt`: what an account has already, written into the file and imported."""
