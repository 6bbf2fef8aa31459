"""Measures the portal beside the floors under it: ``python -m bench``; see README.md here."""
