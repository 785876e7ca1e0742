"""The passes between two matrix products of a training step, as PyTorch operations.

`explorer.core.training.native` has the same ones in C, which touch every array once: that is what they are
fast by. These run where there is no C compiler, and say in PyTorch's words what the others must compute.
Letters as in `explorer.core.model`; N is B x T. All arrays are dense fp32; results go into arrays given.
"""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

_silu_backward = torch.ops.aten.silu_backward
_softmax_backward = torch.ops.aten._softmax_backward_data


class Kernels(Protocol):
    """Either kind."""

    def norm(self, x: Tensor, hat: Tensor, factor: Tensor, eps: float) -> None:
        """Put x (N, C) over its root mean square into `hat`; factor (N, 1) is what made it so."""
        ...

    def norm_backward(
        self, grad: Tensor, hat_grad: Tensor, hat: Tensor, factor: Tensor, scale: float, keep: bool
    ) -> None:
        """`grad` = what came for `hat` passed through `norm`, times `scale`; added if `keep`."""
        ...

    def turn(
        self, qkv: Tensor, heads: Tensor, factor: Tensor, weight: Tensor, cos: Tensor, sin: Tensor, eps: float
    ) -> None:
        """Norm, weigh and turn queries and keys by position; put the heads apart.

        qkv (B, T, H + 2G, D); heads (H + 2G, B, T, D); factor (B, T, H + G); weight (2, D) for queries, for
        keys; cos, sin (T, D / 2).
        """
        ...

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
        """Gradients through `turn`: of `qkv`; those of the weights are added to weight_grad (2, D)."""
        ...

    def causal_softmax(self, scores: Tensor, start: int) -> None:
        """Softmax in place over scores (batch, rows, keys) of queries from `start` on, each up to itself."""
        ...

    def causal_softmax_backward(self, grad: Tensor, probabilities: Tensor, start: int) -> None:
        """`grad`, which came for the probabilities, becomes the scores'."""
        ...

    def swiglu(self, both: Tensor, inner: Tensor) -> None:
        """`inner` (N, I) = silu of the first half of both (N, 2I) times the second."""
        ...

    def swiglu_backward(self, both: Tensor, inner_grad: Tensor, both_grad: Tensor) -> None:
        """Gradients through `swiglu`."""
        ...

    def cross_entropy(self, logits: Tensor, targets: Tensor, losses: Tensor) -> None:
        """Losses (N) in nats; logits (N, V) become their gradient: probabilities, less one at the target."""
        ...


class TorchKernels:
    """`Kernels` by PyTorch's own operations."""

    def norm(self, x: Tensor, hat: Tensor, factor: Tensor, eps: float) -> None:
        """As in `Kernels`."""
        norms = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        factor.copy_(norms.square_().div_(x.shape[-1]).add_(eps).rsqrt_())
        torch.mul(x, factor, out=hat)

    def norm_backward(
        self, grad: Tensor, hat_grad: Tensor, hat: Tensor, factor: Tensor, scale: float, keep: bool
    ) -> None:
        """As in `Kernels`."""
        share = (hat_grad * hat).mean(-1, keepdim=True)
        if not keep:
            grad.zero_()
        scaled = factor * scale
        grad.addcmul_(hat_grad, scaled).addcmul_(hat, share.mul_(scaled), value=-1)

    def turn(
        self, qkv: Tensor, heads: Tensor, factor: Tensor, weight: Tensor, cos: Tensor, sin: Tensor, eps: float
    ) -> None:
        """As in `Kernels`."""
        turned = factor.shape[-1]
        qk = qkv[:, :, :turned]
        norms = torch.linalg.vector_norm(qk, dim=-1)
        factor.copy_(norms.square_().div_(qk.shape[-1]).add_(eps).rsqrt_())
        first, second = (qk * factor[..., None] * _weights(weight, qkv, turned)).chunk(2, dim=-1)
        cos, sin = cos[:, None], sin[:, None]
        by_position = heads.permute(1, 2, 0, 3)
        out_first, out_second = by_position[:, :, :turned].chunk(2, dim=-1)
        torch.mul(first, cos, out=out_first).addcmul_(second, sin, value=-1)
        torch.mul(second, cos, out=out_second).addcmul_(first, sin)
        by_position[:, :, turned:].copy_(qkv[:, :, turned:])

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
        turned, queries = factor.shape[-1], 2 * factor.shape[-1] - qkv.shape[2]
        by_position = heads_grad.permute(1, 2, 0, 3)
        first, second = by_position[:, :, :turned].chunk(2, dim=-1)
        cos, sin = cos[:, None], sin[:, None]
        back = torch.cat((first * cos + second * sin, second * cos - first * sin), dim=-1)
        unit = qkv[:, :, :turned] * factor[..., None]
        products = (back * unit).sum((0, 1))
        weight_grad[0] += products[:queries].sum(0)
        weight_grad[1] += products[queries:].sum(0)
        back.mul_(_weights(weight, qkv, turned))
        share = (back * unit).mean(-1, keepdim=True)
        torch.mul(back.addcmul_(unit, share, value=-1), factor[..., None], out=qkv_grad[:, :, :turned])
        qkv_grad[:, :, turned:].copy_(by_position[:, :, turned:])

    def causal_softmax(self, scores: Tensor, start: int) -> None:
        """As in `Kernels`."""
        rows, keys = scores.shape[-2:]
        scores += torch.full((rows, keys), float("-inf")).triu_(start + 1)
        torch.softmax(scores, -1, out=scores)

    def causal_softmax_backward(self, grad: Tensor, probabilities: Tensor, start: int) -> None:
        """As in `Kernels`."""
        _softmax_backward.out(grad, probabilities, -1, torch.float32, grad_input=grad)

    def swiglu(self, both: Tensor, inner: Tensor) -> None:
        """As in `Kernels`."""
        gate, up = both.chunk(2, dim=-1)
        torch.mul(F.silu(gate), up, out=inner)

    def swiglu_backward(self, both: Tensor, inner_grad: Tensor, both_grad: Tensor) -> None:
        """As in `Kernels`."""
        gate, up = both.chunk(2, dim=-1)
        gate_grad, up_grad = both_grad.chunk(2, dim=-1)
        torch.mul(inner_grad, F.silu(gate), out=up_grad)
        _silu_backward.grad_input(inner_grad * up, gate, grad_input=gate_grad)

    def cross_entropy(self, logits: Tensor, targets: Tensor, losses: Tensor) -> None:
        """As in `Kernels`."""
        right = targets[:, None]
        log_probabilities = torch.log_softmax(logits, -1)
        torch.neg(log_probabilities.gather(1, right)[:, 0], out=losses)
        torch.exp(log_probabilities, out=logits)
        logits.scatter_add_(1, right, torch.full_like(right, -1, dtype=logits.dtype))


def _weights(weight: Tensor, qkv: Tensor, turned: int) -> Tensor:
    """(H + G, D): each turned head's weights, of weight (2, D)."""
    keys = qkv.shape[2] - turned
    return weight.repeat_interleave(torch.tensor([turned - keys, keys]), 0)
