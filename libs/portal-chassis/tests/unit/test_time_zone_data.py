"""Time zones come from the package that is shipped, in every process, whatever the machine has."""

import importlib.resources
import subprocess
import sys
import zoneinfo
from datetime import datetime

import pytest

from portal_chassis import metrics

SHOW = "; from zoneinfo import ZoneInfo; print(ZoneInfo('America/Vancouver').utcoffset(d))"
NINE = "import datetime; d = datetime.datetime(2026, 12, 14, 9)"


@pytest.fixture
def machine(tmp_path):
    """A machine on which Vancouver is where Tokyo is."""
    (tmp_path / "America").mkdir()
    tokyo = importlib.resources.files("tzdata.zoneinfo") / "Asia" / "Tokyo"
    (tmp_path / "America" / "Vancouver").write_bytes(tokyo.read_bytes())
    return tmp_path


def offset(machine, module):
    told = subprocess.run(
        [sys.executable, "-c", f"{NINE}; import {module}{SHOW}"],
        env={"PATH": "/usr/bin:/bin", "PYTHONTZPATH": str(machine)},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_the_machine_of_these_tests_would_be_believed(machine):
    assert offset(machine, "sys") == "9:00:00"


@pytest.mark.parametrize(
    "module",
    ["portal_chassis.launch", "gateway.app", "portal_runner.standalone", "forms.admin"],
)
def test_the_shipped_zones_count_in_every_process(machine, module):
    shipped = importlib.resources.files("tzdata.zoneinfo") / "America" / "Vancouver"
    with shipped.open("rb") as file:
        vancouver = zoneinfo.ZoneInfo.from_file(file)
    assert offset(machine, module) == str(datetime(2026, 12, 14, 9, tzinfo=vancouver).utcoffset())


def test_what_is_in_use_is_told_and_not_what_is_installed(tmp_path):
    assert metrics.tzdata_version().startswith("20")
    assert "(tzdata 20" in metrics.tzdata_version()
    (tmp_path / "tzdata.zi").write_text("# version 1999a\n")
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    try:
        assert metrics.tzdata_version() == f"of the machine, {tmp_path}"
    finally:
        zoneinfo.reset_tzpath(to=())
