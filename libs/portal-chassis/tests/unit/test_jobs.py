"""What is measured of background jobs."""

from types import SimpleNamespace

from prometheus_client import REGISTRY

from portal_chassis.process.jobs import Job


def test_a_job_that_has_not_ended_well_yet_counts_none():
    """No count at all would keep the alert on jobs that do not run silent."""
    one = Job(every_seconds=60)
    one.container = SimpleNamespace(
        service_name="toys", spawn_managed_thread=lambda *_run, **_names: None
    )
    one.method_name = "never_done"
    one.start()
    labels = {"job": "toys.never_done", "outcome": "done"}
    assert REGISTRY.get_sample_value("portal_jobs_run_total", labels) == 0
