"""The embedded PostgreSQL: shared, restartable, reachable by its owner alone."""

import os
import shutil
import stat
import subprocess
import sys

import psycopg
import pytest
from sqlalchemy import create_engine, text

from portal_chassis.embedded import belonging
from portal_chassis.embedded.postgres import EmbeddedPostgres, PostgresError
from tests.kit.waiting import eventually


@pytest.fixture
def server(server_folder):
    server = EmbeddedPostgres(server_folder / "postgres", durable=False)
    server.start()
    yield server
    server.stop(even_if_used=True)


def test_first_start_makes_a_cluster_that_answers(server):
    assert server.is_running()
    with server.connect() as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT lower('ÄÖÜ')").fetchone() == ("äöü",)


def test_it_does_not_listen_on_the_network(server):
    with server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_only_the_owner_reaches_the_socket(server):
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.socket_folder / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_a_second_user_joins_and_the_last_one_stops_it(server):
    second = EmbeddedPostgres(server.folder, durable=False)
    second.start()
    assert second.postmaster_pid == server.postmaster_pid
    server.stop()
    assert second.is_running()
    second.stop()
    assert not second.is_running()


def test_stop_without_start_leaves_a_server_that_others_use(server):
    EmbeddedPostgres(server.folder).stop()
    assert server.is_running()


def test_a_killed_user_does_not_keep_it_alive(server):
    script = (
        "import os, sys; from pathlib import Path\n"
        "from portal_chassis.embedded.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).start(); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(server.folder)], check=False)
    assert server.is_running()
    server.stop()
    assert not server.is_running()


def connections_allowed(server):
    with server.connect() as connection:
        [allowed] = connection.execute("SHOW max_connections").fetchone()
    return int(allowed)


def test_what_a_killed_user_left_makes_way_for_one_with_room_for_more(server_folder):
    script = (
        "import os, sys; from pathlib import Path\n"
        "from portal_chassis.embedded.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1]), durable=False, max_connections=20).start()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    folder = server_folder / "postgres"
    subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    with EmbeddedPostgres(folder, durable=False, max_connections=30) as server:
        assert connections_allowed(server) == 30


def test_a_server_in_use_is_joined_whatever_room_it_has(server):
    before = server.postmaster_pid
    with EmbeddedPostgres(server.folder, durable=False, max_connections=300) as second:
        assert second.postmaster_pid == before
    server.start()
    assert server.postmaster_pid == before


def test_two_processes_that_start_it_at_once_get_one_server(server_folder):
    script = (
        "import sys; from pathlib import Path\n"
        "from portal_chassis.embedded.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1]), durable=False); server.start()\n"
        "print(server.postmaster_pid, flush=True); sys.stdin.read()\n"
        "server.stop()\n"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(server_folder / "postgres")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    pids = {starter.stdout.readline() for starter in starters}
    for starter in starters:
        starter.communicate("", timeout=30)
    assert len(pids) == 1
    assert not EmbeddedPostgres(server_folder / "postgres").is_running()


def test_data_outlive_a_kill_of_the_server(server):
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept (x int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    server.kill()
    eventually(lambda: not server.is_running())
    server.start()
    with server.connect() as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)


def test_a_lock_file_that_names_another_programs_process_does_not_block_the_start(server):
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    server.kill()
    eventually(lambda: not server.is_running())
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    assert server.is_running()


@pytest.fixture(params=["where the system shows working directories", "where it does not"])
def any_system(request, monkeypatch):
    """macOS, and containers that may not look at other users' processes, show none."""
    if request.param == "where it does not":
        monkeypatch.setattr(belonging, "_works_in", lambda _pid, _home: None)


def copy_of(folder):
    """What ``cp -a`` makes of it: sockets as well, which nobody listens to."""
    copy = folder.with_name("copy")
    subprocess.run(["cp", "-a", str(folder), str(copy)], check=True)
    return copy


@pytest.mark.usefixtures("any_system")
class TestACopyOfTheFolder:
    """Made while the original's server runs: the files name that server's process."""

    def test_it_starts_a_server_of_its_own(self, server):
        pid = server.postmaster_pid
        with EmbeddedPostgres(copy_of(server.folder), durable=False) as copy:
            assert copy.postmaster_pid != pid
            with copy.connect() as connection:
                connection.execute("CREATE TABLE only_in_the_copy (x int)")
        assert server.postmaster_pid == pid
        with server.connect() as connection:
            found = connection.execute("SELECT to_regclass('only_in_the_copy')").fetchone()
        assert found == (None,)

    def test_a_start_of_it_that_fails_leaves_the_original_alone(self, server):
        copy = EmbeddedPostgres(copy_of(server.folder), durable=False)
        shutil.rmtree(copy.data / "global")
        with pytest.raises(PostgresError, match="did not start"):
            copy.start(timeout_seconds=2)
        copy.stop()
        copy.stop(even_if_used=True)
        copy.kill()
        assert server.is_running()

    def test_it_is_not_said_to_run(self, server):
        copy = EmbeddedPostgres(copy_of(server.folder))
        assert not copy.is_running()
        assert copy.postmaster_pid is None

    def test_a_copy_that_has_taken_the_originals_name_is_a_copy_all_the_same(self, server):
        folder, pid = server.folder, server.postmaster_pid
        moved = folder.rename(folder.with_name("moved"))
        try:
            subprocess.run(["cp", "-a", str(moved), str(folder)], check=True)
            with EmbeddedPostgres(folder, durable=False) as copy:
                assert copy.postmaster_pid not in {pid, None}
            assert EmbeddedPostgres(moved).postmaster_pid == pid
        finally:
            shutil.rmtree(folder)
            moved.rename(folder)


def test_a_server_that_nobody_here_has_joined_is_not_stopped(server):
    stranger = EmbeddedPostgres(server.folder)
    server._user_lock.close()
    server._user_lock = None
    stranger.stop()
    assert server.is_running()


def test_a_cluster_that_was_half_made_is_made_anew(server_folder):
    half_made = server_folder / "postgres" / "data.unfinished"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(server_folder / "postgres", durable=False) as server:
        assert server.is_running()


def test_a_path_too_long_for_a_socket_works(server_folder):
    with EmbeddedPostgres(server_folder / ("deep" * 30), durable=False) as server:
        assert server.is_running()
        assert server.folder not in server.socket_folder.parents


class TestDatabase:
    def test_it_has_two_roles_and_the_extension(self, server):
        owner_url, runtime_url = server.ensure_database("scheduling", "s_owner", "s_runtime")
        for url, role in ((owner_url, "s_owner"), (runtime_url, "s_runtime")):
            engine = create_engine(url)
            with engine.connect() as connection:
                assert connection.execute(text("SELECT current_user")).scalar() == role
                found = connection.execute(
                    text("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'")
                )
                assert found.scalar() == 1
            engine.dispose()

    def test_making_it_again_keeps_it(self, server):
        first = server.ensure_database("scheduling", "s_owner", "s_runtime")
        assert server.ensure_database("scheduling", "s_owner", "s_runtime") == first

    def test_the_runtime_role_may_not_change_the_schema(self, server):
        server.ensure_database("scheduling", "s_owner", "s_runtime")
        with (
            psycopg.connect(
                host=str(server.socket_folder), user="s_runtime", dbname="scheduling"
            ) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE mine (x int)")

    def test_another_services_role_may_not_connect(self, server):
        server.ensure_database("scheduling", "s_owner", "s_runtime")
        server.ensure_database("forms", "f_owner", "f_runtime")
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(host=str(server.socket_folder), user="f_runtime", dbname="scheduling")
