"""The file's models: what may be declared, and what has to fit together."""
