"""A service as a process: its greenthreads, its container, its loops, and how it is."""
