"""The C kernels: built, believed only when right, and done without where they cannot be had."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
import torch

from explorer.core.native import compiling
from explorer.core.training.kernels import TorchKernels
from explorer.core.training.native import NativeKernels, agrees, best_kernels, example

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="no C compiler on this machine"
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder, and nothing remembered of the real one."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_args, **_named: str(folder))
    best_kernels.cache_clear()
    yield folder
    best_kernels.cache_clear()


@needs_compiler
def test_each_kernel_computes_what_pytorch_does(cache: Path) -> None:
    kernels = best_kernels()
    assert isinstance(kernels, NativeKernels)
    for found, wanted in zip(example(kernels), example(TorchKernels()), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)
    assert [file.suffix for file in cache.iterdir()] == [".so"], "only the finished library is left"


@needs_compiler
def test_the_library_is_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(best_kernels(), NativeKernels)
    best_kernels.cache_clear()
    monkeypatch.setattr(compiling.subprocess, "run", None)  # calling it would fail
    assert isinstance(best_kernels(), NativeKernels)


@needs_compiler
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_damaged_library_is_made_anew(cache: Path, share: float) -> None:
    best_kernels()
    best_kernels.cache_clear()
    library = next(cache.iterdir())
    content = library.read_bytes()
    library.unlink()  # the damaged one must be another file: this process has the good one open
    library.write_bytes(content[: int(share * len(content))])
    assert isinstance(best_kernels(), NativeKernels)
    assert library.read_bytes() == content


@needs_compiler
def test_numbers_that_disagree_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(TorchKernels):
        def swiglu(self, both: torch.Tensor, inner: torch.Tensor) -> None:
            super().swiglu(both, inner)
            inner[-1, -1] += 0.01

    assert agrees(TorchKernels())
    assert not agrees(Wrong())


def test_without_a_compiler_pytorch_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_COMPILERS", ("no-such-compiler",))
    assert isinstance(best_kernels(), TorchKernels)


def test_with_a_compiler_that_fails_pytorch_does_it(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "_COMPILERS", (sys.executable,))  # which knows none of the options
    assert isinstance(best_kernels(), TorchKernels)
    assert list(cache.iterdir()) == []


def test_without_a_cache_folder_pytorch_does_it(cache: Path) -> None:
    cache.write_text("a file in its place")
    assert isinstance(best_kernels(), TorchKernels)


@pytest.mark.parametrize("make", [TorchKernels, best_kernels])
def test_no_number_stays_no_number(make: type[TorchKernels]) -> None:
    """Training stops when the loss is no number: no kernel may hide it."""
    logits, losses = torch.zeros(2, 5), torch.zeros(2)
    logits[1, 3] = float("nan")
    kernels = make()
    kernels.cross_entropy(logits, torch.tensor([0, 0]), losses)
    assert torch.isfinite(losses[0])
    assert torch.isnan(losses[1])
    both, inner = torch.full((1, 4), float("nan")), torch.zeros(1, 2)
    kernels.swiglu(both, inner)
    assert torch.isnan(inner).all()
