"""The function through which a state machine reaches CloudFormation in another region."""
