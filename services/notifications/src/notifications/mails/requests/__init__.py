"""Mails about requests for appointments: made, declined, expired, withdrawn; no invitation."""
