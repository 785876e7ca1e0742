"""What int8_matrix.c and int8_row.c offer, where they can be compiled and compute what they should."""

import ctypes
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from explorer.core.native import compiling
from explorer.errors import StorageError

_FILES = ("common.c", "threads.c", "int8_matrix.c", "int8_row.c")
_SOURCES = tuple(("explorer.core.native", file) for file in _FILES)
_pointer, _integer, _number = ctypes.c_void_p, ctypes.c_int64, ctypes.c_float

ACTIVATIONS = ("silu", "gelu", "gelu_tanh")
"""In the order of the enum there."""


class Place(ctypes.Structure):
    """Which token comes where."""

    _fields_ = (("token", _integer), ("position", _integer))


class Product(ctypes.Structure):
    """y = x times a matrix of 8 bits."""

    _fields_ = (
        ("x", _pointer), ("weight", _pointer), ("scale", _pointer), ("bias", _pointer), ("y", _pointer),
        ("rows", _integer), ("inputs", _integer), ("outputs", _integer),
    )  # fmt: skip


class Widen(ctypes.Structure):
    """wide = a matrix of 8 bits, in fp32."""

    _fields_ = (
        ("weight", _pointer), ("scale", _pointer), ("wide", _pointer),
        ("inputs", _integer), ("outputs", _integer),
    )  # fmt: skip


class Quantize(ctypes.Structure):
    """weight, scale = a matrix in bf16 or fp32."""

    _fields_ = (
        ("matrix", _pointer), ("weight", _pointer), ("scale", _pointer),
        ("inputs", _integer), ("outputs", _integer), ("wide", _integer),
    )  # fmt: skip


class Embed(ctypes.Structure):
    """x = the token's row of the embedding."""

    _fields_ = (
        ("place", _pointer), ("weight", _pointer), ("scale", _pointer), ("positions", _pointer),
        ("x", _pointer), ("C", _integer), ("multiplier", _number), ("unused", _number),
    )  # fmt: skip


class Norm(ctypes.Structure):
    """y = x normed, or y + that."""

    _fields_ = (
        ("x", _pointer), ("weight", _pointer), ("bias", _pointer), ("y", _pointer),
        ("C", _integer), ("centred", _integer), ("added", _integer), ("eps", _number), ("unused", _number),
    )  # fmt: skip


class Gate(ctypes.Structure):
    """The feed-forward's activation."""

    _fields_ = (
        ("both", _pointer), ("inner", _pointer), ("I", _integer), ("activation", _integer),
        ("gated", _integer),
    )  # fmt: skip


class Attend(ctypes.Structure):
    """Queries, keys and values of one token: into the cache, and mixed with those before it."""

    _fields_ = (
        ("place", _pointer), ("qkv", _pointer), ("query_weight", _pointer), ("key_weight", _pointer),
        ("cos", _pointer), ("sin", _pointer), ("keys", _pointer), ("values", _pointer),
        ("scores", _pointer), ("mixed", _pointer), ("H", _integer), ("G", _integer), ("D", _integer),
        ("capacity", _integer), ("window", _integer), ("scale", _number), ("eps", _number),
    )  # fmt: skip


class Step(ctypes.Structure):
    """A function and what it works on."""

    _fields_ = (("work", _pointer), ("what", _pointer))


_NAMES: dict[type[ctypes.Structure], str] = {
    Product: "product",
    Embed: "embed",
    Norm: "norm",
    Gate: "gate",
    Attend: "attend",
}


class Int8Row:
    """The library. Python's lock is free while it works."""

    def __init__(self, path: str) -> None:
        """Raises: OSError, AttributeError if the file is no such library."""
        self._library = ctypes.CDLL(path)
        self._library.use_threads.argtypes = [_integer]
        self._library.run.argtypes = [_pointer, _integer]
        self._library.lanes.restype = _integer
        for name in ("product", "widen", "quantize"):
            getattr(self._library, name).argtypes = [_pointer]
        for name in ("use_threads", "run", "product", "widen", "quantize"):
            getattr(self._library, name).restype = None
        self._functions = {
            kind: ctypes.cast(getattr(self._library, name), _pointer).value for kind, name in _NAMES.items()
        }
        self._threads = 1

    @property
    def lanes(self) -> int:
        """Numbers that are worked on at once."""
        return self._library.lanes()

    def product(self, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        """X (rows, in) fp32 times weight (out, in) int8, times scale (out), plus bias: (rows, out)."""
        y = torch.empty(x.shape[0], weight.shape[0])
        self._use_threads()
        self._library.product(
            ctypes.byref(
                Product(
                    x=x.data_ptr(),
                    weight=weight.data_ptr(),
                    scale=scale.data_ptr(),
                    bias=address(bias),
                    y=y.data_ptr(),
                    rows=x.shape[0],
                    inputs=weight.shape[1],
                    outputs=weight.shape[0],
                )
            )
        )
        return y

    def widen(self, weight: Tensor, scale: Tensor, wide: Tensor) -> None:
        """Put weight (out, in) int8 times scale (out) into wide (out, in) fp32."""
        assert weight.is_contiguous() and wide.is_contiguous() and wide.shape == weight.shape
        self._use_threads()
        outputs, inputs = weight.shape
        pointers = {"weight": weight.data_ptr(), "scale": scale.data_ptr(), "wide": wide.data_ptr()}
        self._library.widen(ctypes.byref(Widen(**pointers, inputs=inputs, outputs=outputs)))

    def quantize(self, matrix: Tensor, weight: Tensor, scale: Tensor) -> None:
        """Put matrix (out, in), bf16 or fp32, into weight (out, in) int8 and scale (out).

        The scale of a row with what is no number is none either.
        """
        assert matrix.is_contiguous() and weight.is_contiguous() and matrix.shape == weight.shape
        assert matrix.dtype in (torch.float32, torch.bfloat16)
        self._use_threads()
        outputs, inputs = matrix.shape
        pointers = {"matrix": matrix.data_ptr(), "weight": weight.data_ptr(), "scale": scale.data_ptr()}
        wide = matrix.dtype == torch.float32
        self._library.quantize(ctypes.byref(Quantize(**pointers, inputs=inputs, outputs=outputs, wide=wide)))

    def steps(self, works: Sequence[ctypes.Structure]) -> "ctypes.Array[Step]":
        """What `run` does, in order. The caller keeps `works` and all that they point to."""
        steps = [Step(self._functions[type(work)], ctypes.addressof(work)) for work in works]
        return (Step * len(steps))(*steps)

    def run(self, steps: "ctypes.Array[Step]") -> None:
        """Do them all."""
        self._use_threads()
        self._library.run(ctypes.addressof(steps), len(steps))

    def _use_threads(self) -> None:
        """As many as torch."""
        threads = torch.get_num_threads()
        if threads != self._threads:
            self._library.use_threads(threads)
            self._threads = threads


def address(tensor: Tensor | None) -> int | None:
    """For a struct's pointer; None is C's NULL."""
    if tensor is None:
        return None
    assert tensor.is_contiguous()
    return tensor.data_ptr()


@cache
def int8_row() -> Int8Row | None:
    """None without a compiler, or where C would not be faster. Takes a second, once on each machine."""
    command = compiling.compiler()
    if command is None:
        return None
    try:
        library = Int8Row(str(compiling.library("int8-row", _SOURCES, command)))
    except (*compiling.FAILURES, StorageError):
        return None  # no compiler that works, or nowhere to keep what it makes
    return library if library.lanes > 1 and agrees(library) else None


def agrees(library: Int8Row) -> bool:
    """Whether its product is right for odd sizes, many rows and few. The steps are held by tests."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(6, 77, generator=generator)
    weight = torch.randint(-127, 128, (9, 77), generator=generator, dtype=torch.int8)
    scale, bias = torch.rand(9, generator=generator), torch.randn(9, generator=generator)
    wanted = x @ (weight * scale[:, None]).T
    return torch.allclose(library.product(x, weight, scale, None), wanted, rtol=1e-4, atol=1e-3) and (
        torch.allclose(library.product(x, weight, scale, bias), wanted + bias, rtol=1e-4, atol=1e-3)
    )
