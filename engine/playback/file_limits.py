"""How many files this process may have open at once."""

import importlib.util

ORDINARY = 512
"""What Windows' C library and careful estimates allow where the system does not tell."""


def allow_handles(wanted: int) -> int:
    """Asks the system for `wanted` open files at once; returns how many are allowed now.

    macOS starts programs with 256 and gives more to those who ask. Never lowers the limit.
    """
    if importlib.util.find_spec("resource") is None:  # Windows
        return max(ORDINARY, wanted) if wanted <= 8192 else ORDINARY
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    goal = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (goal, hard))
    except (ValueError, OSError):
        return soft
    return goal
