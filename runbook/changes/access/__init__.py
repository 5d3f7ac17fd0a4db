"""Who may do what, and who may connect: read from templates, and compared by meaning."""
