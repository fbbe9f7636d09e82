"""./run and its parts: what they refuse, what they do only once, what they leave alone."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [
    ROOT / "run",
    ROOT / ".ci" / "run",
    *sorted(ROOT.glob("scripts/**/*.sh")),
    *sorted(ROOT.glob("docker/*.sh")),
]
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]
COMMANDS = ["demo", "test", "serve", "worker", "lint", "bench", "drill", "manage", "psql", "lock"]
PARTS = "messages system libraries cluster service commands"


def shell(script: str, *, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell with the functions of ./run at hand and ``cwd`` as the project."""
    sourced = "".join(f'. "{ROOT}/scripts/{part}.sh"\n' for part in PARTS.split())
    prelude = f'set -eu\nROOT="$PWD"\nDATA="$ROOT/.data"\ncommand=demo\n{sourced}'
    return subprocess.run(
        ["sh", "-c", prelude + script],
        cwd=cwd,
        env={"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- the scripts ------------------------------------------------------------------------------


@pytest.mark.parametrize("shell_name", SHELLS)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_script_parses(script: Path, shell_name: str) -> None:
    result = subprocess.run([shell_name, "-n", script], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("script", ["run", ".ci/run", "docker/prepare-database.sh"])
def test_what_is_started_by_name_is_executable(script: str) -> None:
    assert (ROOT / script).stat().st_mode & stat.S_IXUSR


def test_help_names_every_command_and_nothing_else() -> None:
    result = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True)
    named = set(re.findall(r"^ {2}\./run (\w+)", result.stdout, re.MULTILINE))
    dispatched = re.search(r"^ {2}(demo \|.*?)\)", (ROOT / "run").read_text(), re.MULTILINE)
    assert dispatched
    assert named == set(dispatched[1].split(" | "))
    assert named >= set(COMMANDS)
    for command in named:
        assert shell(f"command -v command_{command}").returncode == 0


def test_an_unknown_command_fails_and_says_where_to_look() -> None:
    result = subprocess.run([ROOT / "run", "dmeo"], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert '"dmeo"' in result.stderr
    assert "./run help" in result.stderr


def test_run_works_from_any_folder_and_by_a_path_with_spaces(tmp_path: Path) -> None:
    project = tmp_path / "ที่ดิน and tax"
    project.mkdir()
    shutil.copy(ROOT / "run", project)
    shutil.copytree(ROOT / "scripts", project / "scripts")
    result = subprocess.run(
        [project / "run", "help"], cwd="/", capture_output=True, text=True, check=True
    )
    assert "./run demo" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--parcels"], "--parcels needs a number"),
        (["--parcels", "many"], "--parcels needs a number"),
        (["--rest"], 'does not know "--rest"'),
    ],
)
def test_demo_refuses_what_it_does_not_understand(arguments: list[str], complaint: str) -> None:
    result = subprocess.run(
        [ROOT / "run", "demo", *arguments], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert complaint in result.stderr


def test_serving_without_a_database_address_is_refused() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    result = subprocess.run(
        [ROOT / "run", "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "DATABASE_URL is not set" in result.stderr


# --- helpers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "supported"),
    [
        ("debian-12", True),
        ("debian-13", True),
        ("ubuntu-22.04", True),
        ("ubuntu-24.04", True),
        ("debian-11", False),
        ("fedora-41", False),
        ("unknown-", False),
    ],
)
def test_only_rehearsed_releases_get_packages(release: str, supported: bool) -> None:
    assert (shell(f"is_supported {release}").returncode == 0) is supported


def test_an_unknown_release_is_told_what_to_install() -> None:
    result = shell(
        "release() { echo fedora-41; }\n"
        "missing_for_service() { echo libpango-1.0-0; }\n"
        "system_packages service"
    )
    assert result.returncode == 1
    assert "fedora-41" in result.stderr
    assert "PostgreSQL 14+" in result.stderr


def test_without_sudo_the_command_for_root_is_named() -> None:
    result = shell(
        'id() { [ "$1" = -u ] && echo 1000 || echo somchai; }\n'
        "sudo() { return 1; }\n"
        "release() { echo debian-12; }\n"
        "missing_for_database() { echo postgresql postgresql-postgis; }\n"
        "system_packages database"
    )
    assert result.returncode == 1
    assert "somchai may not install them" in result.stderr
    expected = "apt-get install --no-install-recommends postgresql postgresql-postgis"
    assert expected in result.stderr


def test_nothing_is_installed_when_nothing_is_missing() -> None:
    result = shell(
        "missing_for_service() { :; }\nas_root() { echo touched; }\nsystem_packages service"
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_full_disk_is_told_before_work_begins() -> None:
    result = shell("enough_space / 999999999")
    assert result.returncode == 1
    assert "needs about 999999999 MB" in result.stderr


def test_the_secret_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    script = f'PYTHON="{sys.executable}"; secret_key; echo "$CHANOT_SECRET_KEY"'
    first, second = shell(script, cwd=tmp_path), shell(script, cwd=tmp_path)
    key_file = tmp_path / ".data" / "secret-key"
    assert first.stdout == second.stdout == key_file.read_text()
    assert len(first.stdout.strip()) >= 50
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_key_from_the_environment_wins_and_is_not_written(tmp_path: Path) -> None:
    result = shell(
        'secret_key; echo "$CHANOT_SECRET_KEY"', cwd=tmp_path, CHANOT_SECRET_KEY="from-outside"
    )
    assert result.stdout == "from-outside\n"
    assert not (tmp_path / ".data").exists()


def test_a_lock_file_already_installed_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    (tmp_path / ".venv").mkdir()
    script = (
        'find_python() { echo "installing" >&2; echo false; }\n'
        f'PYTHON="{sys.executable}"\n'
        "cksum <requirements.txt >.venv/installed-requirements.txt\n"
        "python_libraries requirements.txt && echo unchanged"
    )
    result = shell(script, cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("unchanged\n", "")


def test_a_new_file_makes_a_stamp_old(tmp_path: Path) -> None:
    for name in ("config/settings.py", "node_modules/.installed", "web/static/web/a.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    ask = 'newer_than stamp "*/static/*" && echo again || echo enough'
    assert shell(ask, cwd=tmp_path).stdout == "again\n"
    stamp = tmp_path / "stamp"
    stamp.touch()
    later = (tmp_path / "web/static/web/a.css").stat().st_mtime + 10
    os.utime(stamp, (later, later))
    assert shell(ask, cwd=tmp_path).stdout == "enough\n"
    os.utime(tmp_path / "web/static/web/a.css", (later + 10, later + 10))
    assert shell(ask, cwd=tmp_path).stdout == "again\n"


def test_a_long_path_gets_a_short_socket_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("ชื่อโฟลเดอร์ยาว" * 5)
    deep.mkdir()
    locate = 'as_postgres() { "$@"; }; cluster_locate demo; printf %s "$SOCKETS"'
    assert shell(locate, cwd=deep).stdout.startswith("/tmp/chanot-")  # noqa: S108
    short = shell(locate, cwd=tmp_path).stdout
    assert len(f"{short}/.s.PGSQL.5432".encode()) <= 107


def test_a_process_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".data" / "log").mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"], cwd="/") as stranger:
        try:
            (tmp_path / ".data" / "log" / "web.pid").write_text(f"{stranger.pid}\n")
            assert shell("stop_process web", cwd=tmp_path).returncode == 0
            assert stranger.poll() is None
        finally:
            stranger.kill()
    assert not (tmp_path / ".data" / "log" / "web.pid").exists()


def test_a_process_of_ours_is_stopped(tmp_path: Path) -> None:
    (tmp_path / ".data" / "log").mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path, start_new_session=True) as ours:
        (tmp_path / ".data" / "log" / "web.pid").write_text(f"{ours.pid}\n")
        waiter = threading.Thread(target=ours.wait)
        waiter.start()
        assert shell("stop_process web", cwd=tmp_path).returncode == 0
        waiter.join(timeout=10)
    assert ours.returncode == -15


# --- server.py --------------------------------------------------------------------------------


def server(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "server.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Answer(BaseHTTPRequestHandler):
    """Answers /readyz with 200 and everything else with 503."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a small web server."""
    with HTTPServer(("127.0.0.1", 0), Answer) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield httpd.server_port
        httpd.shutdown()
        thread.join()


def test_a_taken_port_is_found_and_a_free_one_proposed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = server("free", "127.0.0.1", port)
        assert result.returncode == 1
        proposed = int(result.stdout)
    assert proposed > port
    assert server("free", "127.0.0.1", proposed).returncode == 0


def test_waiting_ends_when_the_server_answers(answering: int) -> None:
    assert server("wait", f"http://127.0.0.1:{answering}/readyz", os.getpid(), 20).returncode == 0


def test_an_answer_that_is_not_ready_does_not_count(answering: int) -> None:
    assert server("wait", f"http://127.0.0.1:{answering}/", os.getpid(), 0.5).returncode == 1


def test_waiting_ends_when_the_process_has_ended() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
        assert server("wait", "http://127.0.0.1:9/", process.pid, 50).returncode == 1
