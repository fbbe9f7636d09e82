"""Lock files and container files keep in step with ./run and with the settings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
NGINX = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(
    (ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8")
)


# --- lock files -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_python_package_is_pinned_and_hashed(name: str) -> None:
    text = re.sub(r" +#.*", "", (ROOT / name).read_text()).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) > 50
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+==\S+ ", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]
    assert "://" not in text
    # Ubuntu 22.04 has Python 3.11.0rc1, for which its pip finds every full version unequal.
    assert "python_full_version" not in text


def test_what_runs_is_part_of_what_is_tested() -> None:
    pins = [
        set(re.findall(r"^([\w.-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert pins[0] <= pins[1]


def test_browser_libraries_are_exact_and_their_lock_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    root = lock["packages"][""]
    assert root["dependencies"] == package["dependencies"]
    assert root["devDependencies"] == package["devDependencies"]
    assert all("resolved" not in entry for entry in lock["packages"].values())
    assert all("integrity" in entry for path, entry in lock["packages"].items() if path)


# --- containers -------------------------------------------------------------------------------


def settings_variables() -> set[str]:
    """Every environment variable the settings read."""
    return set(re.findall(r"\"((?:CHANOT|DATABASE)_\w+)\"", SETTINGS))


def service_environment(service: str) -> dict[str, str]:
    return COMPOSE["services"][service]["environment"]


@pytest.mark.parametrize("service", ["migrate", "web", "worker"])
def test_compose_sets_only_what_the_settings_read(service: str) -> None:
    given = set(service_environment(service))
    assert given - {"PGPASSWORD"} <= settings_variables()


def test_compose_decides_what_has_no_default_fit_for_production() -> None:
    decided = {"CHANOT_SECRET_KEY", "CHANOT_HOSTS", "CHANOT_HTTPS", "CHANOT_PROXY_COUNT"}
    for service in ("migrate", "web", "worker"):
        assert decided | {"DATABASE_URL"} <= set(service_environment(service))
        assert COMPOSE["services"][service]["env_file"] == [
            {"path": "settings.env", "required": False}
        ]
    in_image = set(re.findall(r"CHANOT_\w+(?==)", DOCKERFILE))
    assert in_image <= settings_variables()
    assert "CHANOT_DATA_DIR" in in_image


def test_every_setting_is_documented() -> None:
    written = (ROOT / "docs" / "operations" / "settings.md").read_text(encoding="utf-8")
    read = set(re.findall(r"(?:environ\.get|env_flag)\(\s*\"(\w+)\"", SETTINGS))
    assert read == {name for name in read if f"`{name}`" in written}


def test_no_secret_is_written_in_the_container_files() -> None:
    for name, service in COMPOSE["services"].items():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key or "SECRET" in key:
                assert value.startswith("${"), (name, key)
                assert ":?" in value, f"{name}: {key} must be demanded, not defaulted"


def test_compose_serves_behind_tls_and_one_proxy() -> None:
    assert service_environment("web")["CHANOT_HTTPS"] == "1"
    assert service_environment("web")["CHANOT_PROXY_COUNT"] == "1"
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == [
        "proxy"
    ]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_compose_waits_for_what_it_needs() -> None:
    services = COMPOSE["services"]
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"].endswith("successfully")
    for name in ("database", "web", "worker", "proxy"):
        assert services[name]["healthcheck"]["test"][0] == "CMD", name


def test_every_volume_and_file_that_compose_mounts_exists() -> None:
    for service in COMPOSE["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (ROOT / "docker" / source).exists(), source
            elif not source.startswith("$"):
                assert source in COMPOSE["volumes"]


def test_the_image_installs_by_the_scripts_and_nothing_else() -> None:
    steps = re.findall(r"^RUN (.*?)(?<!\\)$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert "./run setup" in steps[0]
    assert "./run setup files" in steps[1]
    assert not re.search(r"apt-get |pip |npm (ci|i)", DOCKERFILE)


def test_the_image_does_not_run_as_root() -> None:
    stage = DOCKERFILE.split("FROM nginx")[0]
    user = re.findall(r"^USER (\w+)", stage, re.MULTILINE)[-1]
    assert re.search(rf"useradd .* {user} ", stage)
    assert stage.index("USER") < stage.index("CMD")


@pytest.mark.parametrize("service", ["migrate", "web", "worker"])
def test_containers_start_by_commands_that_exist(service: str) -> None:
    program, command, *_ = COMPOSE["services"][service]["command"]
    assert program == "./run"
    assert f"command_{command}()" in (ROOT / "scripts" / "commands.sh").read_text()


def test_the_image_holds_every_room() -> None:
    ignore = (ROOT / "docker" / "Dockerfile.dockerignore").read_text().split()
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"cadastre", "scripts"}
    assert {f"!{room}" for room in rooms} <= set(ignore)
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert source in {".", "docker/nginx.conf"} or f"!{source}" in ignore


def test_the_proxy_speaks_to_the_port_the_web_server_listens_on() -> None:
    port = re.search(r"\bPORT=(\d+)", DOCKERFILE)
    upstream = re.search(r"server (\w+):(\d+);", NGINX)
    assert port
    assert upstream
    assert upstream.groups() == ("web", port[1])
    assert f"EXPOSE {port[1]}" in DOCKERFILE
    assert f":{port[1]}/readyz" in " ".join(COMPOSE["services"]["web"]["healthcheck"]["test"])


def test_the_proxy_replaces_what_a_client_claims_about_itself() -> None:
    for line in (
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header Host $host;",
        'proxy_set_header X-Forwarded-Host "";',
        'proxy_set_header Forwarded "";',
    ):
        assert line in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX


def test_the_proxy_logs_no_address_and_no_query() -> None:
    log_format = re.search(r"log_format plain '(.*?)';", NGINX)
    assert log_format
    logged = set(re.findall(r"\$\w+", log_format[1]))
    assert logged.isdisjoint({"$remote_addr", "$request", "$request_uri", "$uri", "$args"})
    # Milder messages quote the request and the client.
    assert re.findall(r"error_log \S+ (\w+);", NGINX) == ["crit"]


def test_only_hashed_names_are_kept_for_ever() -> None:
    hashed = re.search(r'"~(\S+)" "public, max-age=31536000, immutable"', NGINX)
    assert hashed
    assert re.search(hashed[1], "/static/web/css/base.0123456789ab.css")
    assert not re.search(hashed[1], "/static/web/css/base.css")


def test_a_container_database_is_prepared_like_a_private_one() -> None:
    script = (ROOT / "docker" / "prepare-database.sh").read_text()
    assert "database.sql" in script
    assert "scripts/database.sql" in (ROOT / "scripts" / "cluster.sh").read_text()
    mounts = " ".join(COMPOSE["services"]["database"]["volumes"])
    target = re.search(r"-f (\S+)", script)
    assert target
    assert f"../scripts/database.sql:{target[1]}:ro" in mounts


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine")
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=chanot.example",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    text = NGINX.replace("/etc/nginx/certificates", str(folder))
    text = text.replace("http2 on;", "")  # Debian 12's nginx writes it otherwise
    text = text.replace("server web:8000", "server 127.0.0.1:8000")
    text = text.replace("/var/run/nginx.pid", str(tmp_path / "nginx.pid"))
    (tmp_path / "nginx.conf").write_text(text)
    result = subprocess.run(
        ["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
