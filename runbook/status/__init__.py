"""`groundwork status`: everything that the file declares, on one screen or one page."""
