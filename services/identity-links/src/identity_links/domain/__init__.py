"""Rules as frozen dataclasses and pure functions: no clock, no I/O, no randomness."""
