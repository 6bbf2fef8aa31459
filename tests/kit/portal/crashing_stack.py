"""``portal`` whose stack starts services that a test can make die.

They are `tests.kit.portal.crashing_service`. A process that dies is
started again after the shortest pause, however often it dies.
"""

from portal_runner import cli, processes, stack

stack.LAUNCHER = "tests.kit.portal.crashing_service"
processes.STEADY_SECONDS = 0.0

if __name__ == "__main__":
    cli.main()
