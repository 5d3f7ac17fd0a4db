"""Templates as CloudFormation holds them: fetched, worked out, and compared."""
