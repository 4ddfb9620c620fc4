import subprocess
import sys

from engine.playback.file_limits import allow_handles

LOW = """
import resource, sys
from engine.playback.file_limits import allow_handles
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
print(allow_handles(50), allow_handles(150), allow_handles(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_the_limit_is_raised_as_far_as_allowed() -> None:
    assert allow_handles(10) == 10
    if sys.platform == "win32":
        return
    done = subprocess.run([sys.executable, "-c", LOW], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["50", "150", "200", "200"]
