from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import settings as property_settings

SAMPLE_DATA = Path(
    os.environ.get("CHANOT_SAMPLE_DATA") or Path(__file__).parents[2] / "shared" / "data"
)

# A busy machine is no fault of the code under test.
property_settings.register_profile("chanot", deadline=None)
property_settings.load_profile("chanot")


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of real files; a test that needs it is skipped, visibly, where it is absent."""
    if not SAMPLE_DATA.is_dir():
        pytest.skip(f"no sample data in {SAMPLE_DATA}; set CHANOT_SAMPLE_DATA")
    return SAMPLE_DATA


@pytest.fixture(scope="session", autouse=True)
def a_flush_passes_append_only_tables() -> Iterator[None]:
    """Tests with real transactions empty the database behind them, which the audit trail refuses.

    Replica mode switches the triggers off for the one transaction that does it.
    """
    original = DatabaseOperations.sql_flush

    def sql_flush(*args: Any, **options: Any) -> list[str]:
        statements = original(*args, **options)
        return ["SET LOCAL session_replication_role = replica;", *statements] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_cost_nothing() -> Iterator[None]:
    """Slow hashes protect real passwords; those of tests are written in the tests."""
    with pytest.MonkeyPatch.context() as patch:
        hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        patch.setattr(settings, "PASSWORD_HASHERS", hashers)
        get_hashers.cache_clear()
        get_hashers_by_algorithm.cache_clear()
        yield
