"""Starting, hearing and ending a child process that works on a stranger's data."""

from __future__ import annotations

import contextlib
import io
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from parcels.importing.frames import Frame, FrameBroken, read_frame

ROOT: Final = Path(__file__).parents[2]
WAIT_SECONDS: Final = 90.0
_ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONSAFEPATH": "1",
    "PYTHONPATH": str(ROOT),
    # One thread each: the limits allow no more.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GDAL_NUM_THREADS": "1",
    "OGR_GPKG_NUM_THREADS": "1",
    # No reference in a file is followed, nothing is downloaded, no code in it runs.
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_DISABLE_READDIR_ON_OPEN": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_VSIL_USE_TEMP_FILE_FOR_RANDOM_WRITE": "NO",
    "PROJ_NETWORK": "OFF",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_USE_SCHEMA_IMPORT": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "64",
}


class ChildFailed(Exception):
    """The child ended, hung or answered nonsense; ``reason`` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Child:
    """A child process that speaks frames. The time that it is waited for is limited in total."""

    def __init__(self, module: str, *, folder: Path | None = None) -> None:
        environment = dict(_ENVIRONMENT)
        if folder is not None:
            environment |= {"TMPDIR": str(folder), "HOME": str(folder)}
        self._process = subprocess.Popen(  # noqa: S603 (a fixed argument list of our own)
            [sys.executable, "-s", "-m", module],
            cwd=folder or ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.stdin: IO[bytes] = self._process.stdin
        self._answers = _Patient(self._process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Kill it if it still lives, and reap it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def hear(self, *, within_s: float = WAIT_SECONDS) -> Frame:
        """The next frame. `ChildFailed` when it does not come in time or is none."""
        self._answers.deadline = time.monotonic() + within_s
        try:
            frame = read_frame(self._answers)  # type: ignore[arg-type]
        except TimeoutError:
            raise ChildFailed("time") from None
        except FrameBroken as error:
            raise ChildFailed(self._ending() or str(error)) from None
        if frame is None:
            raise ChildFailed(self._ending() or "ended")
        return frame

    def _ending(self) -> str:
        """How a process ended whose pipe is closed: by a limit, or otherwise."""
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return ""
        return {-24: "time", -9: "time", -11: "crash", -6: "memory"}.get(status, "ended")


class _Patient(io.RawIOBase):
    """The child's output, read with a deadline."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self.deadline = 0.0

    def read(self, size: int = -1) -> bytes:
        """Exactly ``size`` bytes, or less at the end of the stream."""
        parts = []
        while size > 0:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self._pipe], [], [], left)[0]:
                raise TimeoutError
            part = os.read(self._pipe.fileno(), min(size, 2**20))
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
