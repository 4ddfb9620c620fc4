"""Keeps diffusers and transformers quiet while they work for users, who are no programmers."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import diffusers
import transformers

transformers.utils.logging.tqdm_lib.tqdm.monitor_interval = 0  # no thread that watches progress bars


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keeps the libraries' progress bars and their advice to programmers off the terminal."""
    libraries = (diffusers.utils.logging, transformers.utils.logging)
    levels = [library.get_verbosity() for library in libraries]
    for library in libraries:
        library.set_verbosity_error()
        library.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for library, level in zip(libraries, levels, strict=True):
            library.set_verbosity(level)
