"""Notifications of SES: found in what people have at hand, and put into plain words."""
