"""The function that protects databases against deletion, once they are made."""
