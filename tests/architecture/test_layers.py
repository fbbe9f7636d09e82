"""The house keeps its shape: imports, migrations, comments in the schema, length of files."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).parents[2]
ROOMS = ["appointments", "offices", "parcels", "surveys", "taxmap", "tiles"]
# Tables that libraries bring; their comments are theirs to write.
FOREIGN = ("auth_", "axes_", "django_", "procrastinate_", "offices_user_", "spatial_ref_sys")


def test_rooms_import_only_downwards() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def migrations() -> list[Path]:
    return [path for room in ROOMS for path in (ROOT / room / "migrations").glob("0*.py")]


@pytest.mark.parametrize("path", migrations(), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_migration_imports_the_application(path: Path) -> None:
    """A migration must do in ten years what it does today."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] not in {*ROOMS, "web", "config", "cadastre"}, name


@pytest.mark.django_db
def test_every_table_and_column_has_a_comment() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname, a.attname
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
            WHERE c.relkind = 'r' AND a.attnum > 0
              AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)
            ORDER BY 1, 2
        """)
        silent = [
            f"{table}.{column}"
            for table, column in cursor.fetchall()
            if not table.startswith(FOREIGN) and (table, column) not in library_columns()
        ]
    assert silent == []


def library_columns() -> set[tuple[str, str]]:
    """The surrogate key of every table, and what Django's own user model brings."""
    ours = {(m._meta.db_table, "id") for m in apps.get_models()}
    user = apps.get_model("offices", "User")
    return ours | {(user._meta.db_table, f.column) for f in user._meta.concrete_fields}


def test_sources_are_short_enough_to_read() -> None:
    """About 400 lines a file; what is longer is named here, and the list only shrinks."""
    long = {
        str(path.relative_to(ROOT))
        for room in [*ROOMS, "web", "config", "cadastre"]
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts and len(path.read_text().splitlines()) > 420
    }
    assert long == set()
