"""``portal`` whose stack starts services that a test can make die.

They are `portal_runner.testing.crashing`. A process that dies is
started again after the shortest pause, however often it dies.
"""

from portal_runner import cli, processes, stack

stack.LAUNCHER = "portal_runner.testing.crashing"
processes.STEADY_SECONDS = 0.0

if __name__ == "__main__":
    cli.main()
