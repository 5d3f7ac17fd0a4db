"""The function that sets what puts a recipient on the suppression list of the account."""
