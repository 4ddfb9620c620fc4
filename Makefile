# Everything happens in the virtual environment .venv; `make run` and `make test` are all that is needed.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

# hundreds of processes start in the tests: each would compile the program anew where the shell forbids bytecode
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check pytest soak bench kernels screenshots package clean

run: $(VENV)/.run build/.kernels  ## set up and open the program; without a display, do the main job headless
	@sh .ci/run-app $(BIN) $(SONG)

test: $(VENV)/.test build/.kernels  ## lint, types and every test (a sample of the long runs), side by side
	$(MAKE) -j 2 check pytest

pytest: $(VENV)/.test  ## every test, in as many processes as there are cores
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(VENV)/.test  ## the long runs, whole
	$(BIN)/python -m pytest -m soak --soak -s

bench: $(VENV)/.test  ## the figures in tests/benchmarks/results
	$(BIN)/python -m tests.benchmarks

kernels: $(VENV)/.test  ## the inner loops of the effects in resources/kernels, after a change of their source
	$(BIN)/python -m engine.devices.kernels.build

screenshots: $(VENV)/.test  ## the pictures in resources/screenshots
	$(BIN)/python -m tests.screenshots

package: $(VENV)/.run  ## dist/: the program as a folder that needs no Python; on Linux as .deb and .tar.xz, too
	$(PIP) install -c constraints.txt -e '.[package,credentials,mcp]'
	$(BIN)/python -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller installer/continuo.spec
	test "$$(uname -s)" != Linux || $(BIN)/python installer/deb.py dist/continuo dist

$(VENV)/.run: pyproject.toml constraints.txt
	sh .ci/system-packages run
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e .
	$(PIP) install --no-deps -c constraints.txt tinysoundfont  # its metadata asks for PyAudio, which only its own player needs
	@touch $@

build/.kernels: $(VENV)/.run $(wildcard resources/kernels/*.ll)
	-$(BIN)/python -m installer.native_kernels  # where there is a linker: a player with an effect needs no llvmlite then
	@mkdir -p build && touch $@

$(VENV)/.test: $(VENV)/.run
	sh .ci/system-packages test
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist out runs *.egg-info
