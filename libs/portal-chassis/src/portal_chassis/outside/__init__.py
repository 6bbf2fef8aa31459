"""Reaching what others run, at addresses that people enter: where it may be, and for how long."""
