"""The builder: a practice makes and changes a form, act by act, on plain pages."""
