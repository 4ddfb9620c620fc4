"""Loads scipy's filters and transforms when the first sound needs them; it takes a second, which planning does without.

One thread at a time: two that load scipy at once may each meet modules that the other has loaded half, and both fail.
"""

import importlib
import threading

_lock = threading.Lock()
_loaded = False


def load_scipy() -> None:
    """To be called before `scipy.signal` or `scipy.fft` is imported inside a function. Any thread."""
    global _loaded
    if _loaded:
        return
    with _lock:
        for name in ("scipy.fft", "scipy.signal"):
            importlib.import_module(name)
        _loaded = True
