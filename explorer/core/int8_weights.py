"""Matrices in 8 bits: a quarter of fp32's memory, and of the time where reading them is the work.

Each row of a matrix (what makes one output) has a scale of its own: its largest number becomes 127. Only
weights are rounded; what runs between the matrices, and all sums, stay fp32.
Source: Dettmers et al., "LLM.int8()" (2022), its half that rounds weights: activations stay as they are.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.core.native.int8_row import int8_row

LARGEST = 127
SMALLEST = 1e-37
"""Of scales: its inverse is a float."""
_FEW_ROWS = 12
"""Up to here rows are multiplied as the weights come from memory; more are worth a copy in fp32."""
_SLAB = 1 << 21
"""Numbers in fp32 at once, when many rows are multiplied: 8 MB, whatever the model's size."""


def quantize_rows(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """int8 (out, in) and scale (out) of a matrix (out, in): their product is the matrix, nearly.

    A row with what is no number has a scale that is none.
    """
    weight, scale = torch.empty(matrix.shape, dtype=torch.int8), torch.empty(len(matrix))
    quantize_into(matrix, weight, scale)
    return weight, scale


def quantize_into(matrix: Tensor, weight: Tensor, scale: Tensor) -> None:
    """The same, into tensors that are there."""
    if matrix.dtype not in (torch.float32, torch.bfloat16):
        matrix = matrix.float()
    library = int8_row()
    if library is not None:
        library.quantize(matrix.contiguous(), weight, scale)
        return
    matrix = matrix.float()
    torch.div(torch.maximum(matrix.amax(dim=1), -matrix.amin(dim=1)), LARGEST, out=scale)
    factor = torch.where(scale > SMALLEST, 1 / scale, 0.0)
    rounded = torch.round(matrix * factor[:, None])
    weight.copy_(torch.nan_to_num_(rounded, 0.0, 0.0, 0.0))


class Int8Linear(nn.Module):
    """As nn.Linear, for what is not trained any more."""

    weight: Tensor
    scale: Tensor

    def __init__(self, inputs: int, outputs: int, *, bias: bool = False) -> None:
        super().__init__()
        self.register_buffer("weight", torch.empty(outputs, inputs, dtype=torch.int8))
        self.register_buffer("scale", torch.empty(outputs))
        self.bias = nn.Parameter(torch.empty(outputs), requires_grad=False) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out), fp32."""
        rows = x.reshape(-1, x.shape[-1])
        library = int8_row() if len(rows) <= _FEW_ROWS else None
        if library is not None:
            product = library.product(rows.contiguous(), self.weight, self.scale, self.bias)
        else:
            product = self._many_rows(rows)
        return product.view(*x.shape[:-1], -1)

    def _many_rows(self, rows: Tensor) -> Tensor:
        """Slab by slab of outputs, each made fp32 in the same memory."""
        outputs, inputs = self.weight.shape
        product = rows.new_empty(len(rows), outputs)
        step = min(max(_SLAB // inputs, 1), outputs)
        room = rows.new_empty(step, inputs)
        library = int8_row()
        for start in range(0, outputs, step):
            weight, scale = self.weight[start : start + step], self.scale[start : start + step]
            wide = room[: len(weight)]
            if library is None:
                torch.mul(weight, scale[:, None], out=wide)
            else:
                library.widen(weight, scale, wide)
            torch.mm(rows, wide.T, out=product[:, start : start + step])
        return product if self.bias is None else product.add_(self.bias)


class Int8Embedding(nn.Module):
    """As nn.Embedding."""

    weight: Tensor
    scale: Tensor

    def __init__(self, rows: int, width: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.empty(rows, width, dtype=torch.int8))
        self.register_buffer("scale", torch.empty(rows))

    def forward(self, ids: Tensor) -> Tensor:
        """Ids (...) to (..., C), fp32."""
        return F.embedding(ids, self.weight) * self.scale[ids][..., None]
