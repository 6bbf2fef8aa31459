"""Mails about appointments, to clients and to practitioners, with an invitation or without."""
