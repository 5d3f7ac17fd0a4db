"""From the file's text to the models, or to everything that is wrong with it, with its place."""
