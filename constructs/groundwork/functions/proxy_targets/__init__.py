"""The function that leads a proxy to its cluster."""
