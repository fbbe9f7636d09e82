from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("CHANOT_TEST_DATABASE", "test_chanot")
SAMPLE_DATA = Path(
    os.environ.get("CHANOT_SAMPLE_DATA") or Path(__file__).parents[2] / "shared" / "data"
)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of real files; a test that needs it is skipped, visibly, where it is absent."""
    if not SAMPLE_DATA.is_dir():
        pytest.skip(f"no sample data in {SAMPLE_DATA}; set CHANOT_SAMPLE_DATA")
    return SAMPLE_DATA
