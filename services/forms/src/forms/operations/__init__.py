"""Use cases of forms, one function each."""
