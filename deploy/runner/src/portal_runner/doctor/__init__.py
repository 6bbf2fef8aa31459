"""``portal doctor``: everything the portal needs, and how to mend what is wrong."""

from portal_runner.doctor.command import run_doctor

__all__ = ["run_doctor"]
