"""The demo practice of `portal try` and `portal stack`: a practice that looks lived in."""
