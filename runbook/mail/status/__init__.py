"""The state of mail: what SES says of everything that the file declares, each with its remedy."""
