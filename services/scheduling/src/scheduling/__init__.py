"""scheduling: when client and practitioner meet."""
