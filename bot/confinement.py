"""What a process gives up before it reads a stranger's text: memory, time, files, network.

Knows the kernel, not what is read. Everything here holds until the process ends.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_SECCOMP, _SET_NO_NEW_PRIVS = 1, 4, 22, 38
_FILTER: Final = 2
_KILL: Final = 9

# https://docs.kernel.org/userspace-api/seccomp_filter.html
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR_EPERM = 0x7FFF0000, 0x00050001

# By name, so that a reader can judge them: numbers on x86-64 and on aarch64.
_ALLOWED: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
    "rseq": (334, 293),
}
_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class _Statement(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("statements", ctypes.POINTER(_Statement)))


def limit(*, memory: int, seconds: int) -> None:
    """Bytes of address space, seconds of computing; no new files, few open ones, no processes."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + seconds
    for what, most in (
        (resource.RLIMIT_AS, (memory, memory)),
        (resource.RLIMIT_CPU, (cpu, cpu + 1)),
        (resource.RLIMIT_FSIZE, (0, 0)),
        (resource.RLIMIT_NOFILE, (16, 16)),
        (resource.RLIMIT_CORE, (0, 0)),
        (resource.RLIMIT_NPROC, (0, 0)),
    ):
        with suppress(ValueError, OSError):  # a lower limit of the operator's own stands
            resource.setrlimit(what, most)


def end_with_parent() -> None:
    """Be killed when the process that made this one ends."""
    if sys.platform == "linux":
        _LIBC.prctl(_SET_PDEATHSIG, _KILL, 0, 0, 0)


def be_first_to_go() -> None:
    """Where the machine runs out of memory, the kernel takes this process before others."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def hide_memory() -> None:
    """Keep other processes of this user out of this one's memory, environment and open files."""
    if sys.platform == "linux":
        _LIBC.prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def can_close_doors() -> bool:
    """Whether ``close_doors`` is known for this machine."""
    return sys.platform == "linux" and platform.machine() in _MACHINES


def prepare_to_close_doors() -> None:
    """Work out beforehand what ``close_doors`` tells the kernel, for all that are forked later."""
    if can_close_doors():
        _program(platform.machine())


def close_doors() -> bool:
    """From now on compute, read and write what is open, and nothing else: no file is opened, no
    address reached, no program run, no process touched. False where this kernel cannot say so.
    """
    if not can_close_doors() or _LIBC.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    program = ctypes.byref(_program(platform.machine()))
    return bool(_LIBC.prctl(_SET_SECCOMP, _FILTER, program, 0, 0) == 0)


@cache
def _program(machine: str) -> _Program:
    statements = _statements(*_MACHINES[machine])
    return _Program(len(statements), (_Statement * len(statements))(*statements))


def _statements(column: int, architecture: int) -> list[_Statement]:
    """Offsets 4 and 0 of what the kernel shows: the architecture, the call's number."""
    numbers = sorted(both[column] for both in _ALLOWED.values())
    checks = [
        _Statement(_JUMP_EQUAL, len(numbers) - position, 0, number)
        for position, number in enumerate(numbers)
    ]
    return [
        _Statement(_LOAD, 0, 0, 4),
        _Statement(_JUMP_EQUAL, 1, 0, architecture),
        _Statement(_RETURN, 0, 0, _ERROR_EPERM),
        _Statement(_LOAD, 0, 0, 0),
        *checks,
        _Statement(_RETURN, 0, 0, _ERROR_EPERM),
        _Statement(_RETURN, 0, 0, _ALLOW),
    ]
