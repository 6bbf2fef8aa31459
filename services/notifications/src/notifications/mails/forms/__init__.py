"""Mails about forms: to the client who is to fill one in, and to the practitioner who sent it."""
