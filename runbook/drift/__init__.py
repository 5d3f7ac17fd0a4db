"""`groundwork drift`: what was changed outside CloudFormation."""
