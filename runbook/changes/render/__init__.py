"""Renderers of a review: each shows the same view in its own form."""
