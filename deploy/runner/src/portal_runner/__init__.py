"""The `portal` command: Latchkey on one machine, and a look at how it fares."""
