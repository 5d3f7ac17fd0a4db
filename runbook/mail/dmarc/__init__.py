"""`groundwork mail dmarc`: whether a received message passes DMARC, and which part of it does."""
