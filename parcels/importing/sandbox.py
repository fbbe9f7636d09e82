"""What a child process gives up before it looks at a stranger's bytes.

Linux, standard library only. The limits hold wherever Linux runs; a network namespace and the
system-call filter are both tried, and what the kernel granted is reported, so that the result of
an import can say it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
from pathlib import Path
from typing import Final

MEMORY_BYTES: Final = 2 * 2**30
CPU_SECONDS: Final = 60
LARGEST_WRITTEN_FILE: Final = 2**20

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_EPERM: Final = 1
# AUDIT_ARCH number and the numbers of socket, socketpair, execve, execveat, ptrace, io_uring_setup
# (which opens sockets too) and, where they exist, fork and vfork.
_SYSTEM_CALLS: Final = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 101, 425, 57, 58)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 117, 425)),
}
_X32_CALLS: Final = 0x40000000


def enter(cpu_seconds: int = CPU_SECONDS) -> list[str]:
    """Give up network, new processes and large files; returns what the kernel granted.

    Call it before any library starts threads: a user namespace needs a single-threaded process.
    """
    granted = ["limits"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        granted.append("network namespace")
    _limit(cpu_seconds)
    if _filter_system_calls(libc):
        granted.append("system call filter")
    return granted


def _limit(cpu_seconds: int) -> None:
    wanted = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: LARGEST_WRITTEN_FILE,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_NPROC: 1,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in wanted.items():
        hard = resource.getrlimit(kind)[1]
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (value, value))
    # The parent and the database must outlive a child that eats the machine's memory.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _filter_system_calls(libc: ctypes.CDLL) -> bool:
    """Answer EPERM to sockets, exec, fork and ptrace, for good."""
    known = _SYSTEM_CALLS.get(platform.machine())
    if known is None or os.uname().sysname != "Linux":
        return False
    architecture, numbers = known
    program = _program(architecture, numbers)
    count = len(program) // 8
    buffer = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("@HP", count, ctypes.addressof(buffer)))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    address = ctypes.c_void_p(ctypes.addressof(header))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, address, 0, 0) == 0)


def _program(architecture: int, numbers: tuple[int, ...]) -> bytes:
    """Classic BPF over struct seccomp_data: wrong architecture or a listed number is refused."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | _EPERM
    steps = [
        (load, 0, 0, 4),
        (equal, 0, len(numbers) + 3, architecture),  # another architecture: to the refusal
        (load, 0, 0, 0),
        (at_least, len(numbers) + 1, 0, _X32_CALLS),
        *((equal, len(numbers) - i, 0, number) for i, number in enumerate(numbers)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
