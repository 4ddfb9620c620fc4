"""Where the random numbers of the long runs begin."""

import os

FIRST = int(os.environ.get("CONTINUO_SOAK_SEED", "0"))
"""Added to the seeds of the long runs: another number tries other mutations."""
