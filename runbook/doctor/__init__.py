"""`groundwork doctor`: what the account lacks for the file, asked before anything is made."""
