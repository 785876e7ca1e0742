"""`Kernels` in C, where there is a compiler.

What a compiler makes of kernels.c is believed only after it has agreed with PyTorch on a small example.
"""

import ctypes
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from explorer.core.native import compiling
from explorer.core.training.kernels import Kernels, TorchKernels
from explorer.errors import StorageError

_SOURCES = (("explorer.core.native", "common.c"), ("explorer.core.training", "kernels.c"))
_pointer, _integer, _number = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float
_SIGNATURES = {
    "norm": [_pointer] * 3 + [_integer] * 2 + [_number],
    "norm_backward": [_pointer] * 4 + [_integer] * 2 + [_number] * 2,
    "turn": [_pointer] * 6 + [_integer] * 5 + [_number],
    "turn_backward": [_pointer] * 9 + [_integer] * 5,
    "causal_softmax": [_pointer] + [_integer] * 4,
    "causal_softmax_backward": [_pointer] * 2 + [_integer] * 4,
    "swiglu": [_pointer] * 2 + [_integer] * 2,
    "swiglu_backward": [_pointer] * 3 + [_integer] * 2,
    "cross_entropy": [_pointer] * 3 + [_integer] * 2,
}


class NativeKernels:
    """`Kernels` by a compiled library. Python's lock is free meanwhile: threads can share a batch out."""

    def __init__(self, library: Path) -> None:
        """Raises: OSError, AttributeError if the file is no such library."""
        self._library = ctypes.CDLL(str(library))
        for name, signature in _SIGNATURES.items():
            function = getattr(self._library, name)
            function.argtypes, function.restype = signature, None

    def norm(self, x: Tensor, hat: Tensor, factor: Tensor, eps: float) -> None:
        """As in `Kernels`."""
        self._library.norm(x.data_ptr(), hat.data_ptr(), factor.data_ptr(), *x.shape, eps)

    def norm_backward(
        self, grad: Tensor, hat_grad: Tensor, hat: Tensor, factor: Tensor, scale: float, keep: bool
    ) -> None:
        """As in `Kernels`."""
        pointers = (grad.data_ptr(), hat_grad.data_ptr(), hat.data_ptr(), factor.data_ptr())
        self._library.norm_backward(*pointers, *grad.shape, scale, float(keep))

    def turn(
        self, qkv: Tensor, heads: Tensor, factor: Tensor, weight: Tensor, cos: Tensor, sin: Tensor, eps: float
    ) -> None:
        """As in `Kernels`."""
        pointers = (qkv.data_ptr(), heads.data_ptr(), factor.data_ptr())
        tables = (weight.data_ptr(), cos.data_ptr(), sin.data_ptr())
        self._library.turn(*pointers, *tables, *_sizes(qkv, factor), eps)

    def turn_backward(
        self,
        heads_grad: Tensor,
        qkv: Tensor,
        factor: Tensor,
        weight: Tensor,
        cos: Tensor,
        sin: Tensor,
        qkv_grad: Tensor,
        weight_grad: Tensor,
    ) -> None:
        """As in `Kernels`."""
        given = (heads_grad.data_ptr(), qkv.data_ptr(), factor.data_ptr())
        tables = (weight.data_ptr(), cos.data_ptr(), sin.data_ptr())
        scratch = torch.empty(qkv.shape[-1])
        results = (qkv_grad.data_ptr(), weight_grad.data_ptr(), scratch.data_ptr())
        self._library.turn_backward(*given, *tables, *results, *_sizes(qkv, factor))

    def causal_softmax(self, scores: Tensor, start: int) -> None:
        """As in `Kernels`."""
        self._library.causal_softmax(scores.data_ptr(), *scores.shape, start)

    def causal_softmax_backward(self, grad: Tensor, probabilities: Tensor, start: int) -> None:
        """As in `Kernels`."""
        self._library.causal_softmax_backward(grad.data_ptr(), probabilities.data_ptr(), *grad.shape, start)

    def swiglu(self, both: Tensor, inner: Tensor) -> None:
        """As in `Kernels`."""
        self._library.swiglu(both.data_ptr(), inner.data_ptr(), *inner.shape)

    def swiglu_backward(self, both: Tensor, inner_grad: Tensor, both_grad: Tensor) -> None:
        """As in `Kernels`."""
        pointers = (both.data_ptr(), inner_grad.data_ptr(), both_grad.data_ptr())
        self._library.swiglu_backward(*pointers, *inner_grad.shape)

    def cross_entropy(self, logits: Tensor, targets: Tensor, losses: Tensor) -> None:
        """As in `Kernels`."""
        self._library.cross_entropy(logits.data_ptr(), targets.data_ptr(), losses.data_ptr(), *logits.shape)


@cache
def best_kernels() -> Kernels:
    """The C ones if they can be had and compute what they should; else PyTorch's. Takes a second, once."""
    command = compiling.compiler()
    if command is None:
        return TorchKernels()
    try:
        kernels = NativeKernels(compiling.library("kernels", _SOURCES, command))
        return kernels if agrees(kernels) else TorchKernels()
    except (*compiling.FAILURES, StorageError):
        return TorchKernels()  # no compiler that works, or nowhere to keep what it makes


def agrees(kernels: Kernels) -> bool:
    """Whether these kernels compute what PyTorch's do."""
    theirs = example(TorchKernels())
    return all(
        torch.allclose(found, wanted, rtol=1e-4, atol=1e-5)
        for found, wanted in zip(example(kernels), theirs, strict=True)
    )


def example(kernels: Kernels) -> list[Tensor]:
    """What each of the kernels makes of the same small numbers, odd sizes included."""
    generator = torch.Generator().manual_seed(1)
    B, T, H, G, D, C, width = 2, 5, 3, 1, 10, 21, 19

    def numbers(*shape: int) -> Tensor:
        return 2 * torch.randn(shape, generator=generator)

    x, hat, factor, grad = numbers(B * T, C), numbers(B * T, C), numbers(B * T, 1), numbers(B * T, C)
    kernels.norm(x, hat, factor, 1e-6)
    added, fresh = grad.clone(), grad.clone()
    kernels.norm_backward(added, x, hat, factor, 0.5, True)
    kernels.norm_backward(fresh, x, hat, factor, 0.5, False)
    qkv, heads, turned = numbers(B, T, H + 2 * G, D), numbers(H + 2 * G, B, T, D), numbers(B, T, H + G)
    weight, cos, sin = numbers(2, D), numbers(T, D // 2), numbers(T, D // 2)
    kernels.turn(qkv, heads, turned, weight, cos, sin, 1e-6)
    qkv_grad, weight_grad = torch.empty_like(qkv), numbers(2, D)
    kernels.turn_backward(numbers(*heads.shape), qkv, turned, weight, cos, sin, qkv_grad, weight_grad)
    scores, scores_grad = 5 * numbers(2, 3, 7), numbers(2, 3, 7)
    kernels.causal_softmax(scores, 2)
    kernels.causal_softmax_backward(scores_grad, scores, 2)
    both, inner, both_grad = 5 * numbers(4, 2 * width), numbers(4, width), numbers(4, 2 * width)
    kernels.swiglu(both, inner)
    kernels.swiglu_backward(both, inner, both_grad)
    logits, losses = 10 * numbers(5, 37), numbers(5)
    kernels.cross_entropy(logits, torch.tensor([0, 36, 7, 8, 9]), losses)
    passed = [hat, factor, added, fresh, heads, turned, qkv_grad, weight_grad]
    return [*passed, scores, scores_grad, inner, both_grad, logits, losses]


def _sizes(qkv: Tensor, factor: Tensor) -> tuple[int, int, int, int, int]:
    """B, T, H, G, D of qkv (B, T, H + 2G, D) and factor (B, T, H + G)."""
    B, T, heads, D = qkv.shape
    G = heads - factor.shape[-1]
    return B, T, heads - 2 * G, G, D
