"""The settings, in sections: the practice's own, and what is a practitioner's alone."""
