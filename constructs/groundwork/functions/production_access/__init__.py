"""The function that asks AWS to let the account out of the SES sandbox."""
