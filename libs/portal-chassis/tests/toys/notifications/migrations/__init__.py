"""The toy's migrations."""

APPEND_ONLY = ("log",)
