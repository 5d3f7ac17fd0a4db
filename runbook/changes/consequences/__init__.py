"""What follows from a change besides that it is made, from AWS's documentation."""
