import subprocess
import sys

SCRIPT = """
import sys
from engine.generate.melody import Melody
from engine.paths import resources

Melody.load(resources() / "models" / "melody-starter", "cpu")
print(sorted({"transformers", "diffusers", "scipy", "librosa", "torch._dynamo", "torch._inductor"} & set(sys.modules)))
"""


def test_the_bundled_model_opens_without_what_takes_longer_to_load_than_itself() -> None:
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=170, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr
