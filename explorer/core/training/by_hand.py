"""A training step's gradients on a CPU, derived by hand: the formulas of `explorer.core.model`, faster.

Autograd keeps and re-reads more than it must, and on two cores that traffic costs as much as a third of the
matrix products. Here every array has its place from the first step on (no page is asked of the system twice),
and the passes between two products are few:

- a norm's weight scales the columns of the matrix that comes next, so it is multiplied into that matrix once
  a step, not into every token; its gradient then falls out of the matrix's;
- queries, keys and values are kept with positions last, (heads, B, D, T), so that norms, rotations and their
  derivatives run along contiguous time;
- attention is plain matrix products over blocks of queries, each against the keys up to its last position:
  most of the other half of the causal square is never computed, and the probabilities are kept for the way
  back;
- the scores of the vocabulary live for some hundred positions at a time.

The tests hold every gradient against autograd's. Shape letters as in `explorer.core.model`; N is B x T.
"""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from explorer.core.model import Block, ModelConfig, Transformer

_QUERY_BLOCK = 128
_HEAD_ROWS = 1024
_PART_ELEMENTS = 1 << 19
"""How many numbers of the residual stream are worked on at once: more only costs memory."""

_silu = torch.ops.aten.silu.out
_silu_backward = torch.ops.aten.silu_backward.grad_input
_softmax_backward = torch.ops.aten._softmax_backward_data.out


class Buffers:
    """Arrays by name, made at first use and then used again: the content is whatever was left there."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[str, int], Tensor] = {}

    def __call__(self, name: str, *shape: int, layer: int = -1) -> Tensor:
        """The array called `name` (of `layer`, if it must outlive the layer), with this shape."""
        array = self._arrays.get((name, layer))
        if array is None or array.shape != shape:
            array = self._arrays[name, layer] = torch.empty(shape)
        return array


@dataclass
class Folded:
    """A layer's matrices with the norms' weights multiplied in, its rotation tables, room for gradients."""

    qkv: Tensor
    qkv_grad: Tensor
    gate_up: Tensor
    gate_up_grad: Tensor
    qk_weight: Tensor
    """(H + G, D, 1): the query norm's weight with attention's 1 / sqrt(D), and the key norm's."""
    qk_weight_grad: Tensor
    turns: tuple[Tensor, Tensor, Tensor, Tensor]
    """(H + G, D / 2, 1, T) each, for first half by cos, second by sin, second by cos, first by sin."""


class ByHand:
    """Computes a batch's loss and gradients for one model on the CPU, without autograd."""

    def __init__(self, model: Transformer) -> None:
        self._model, self._config = model, model.config
        self._buffer = Buffers()
        self._mask = torch.full((_QUERY_BLOCK, _QUERY_BLOCK), float("-inf")).triu_(1)
        self._head = model.embedding.weight if model.head is None else model.head.weight
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)

    @torch.no_grad()
    def loss_and_gradients(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Mean nats per token for ids and targets (B, T), a scalar; every parameter's `.grad` is replaced."""
        model, buffer = self._model, self._buffer
        blocks = [cast(Block, block) for block in model.blocks]
        folded = [self._fold(block, layer, ids.shape[1]) for layer, block in enumerate(blocks)]
        head = torch.mul(self._head, model.norm.weight, out=buffer("head", *self._head.shape))
        head_grad = buffer("head_grad", *self._head.shape)
        embedding_grad = _grad(model.embedding.weight).zero_()
        losses: list[Tensor] = []
        rows = _rows_at_once(self._config, *ids.shape)
        for part_ids, part_targets in zip(ids.split(rows), targets.split(rows), strict=True):
            keep = float(len(losses) > 0)  # the first part overwrites the gradients of the last step
            stream = torch.index_select(
                model.embedding.weight, 0, part_ids.flatten(), out=self._stream(part_ids)
            )
            for layer, (block, fold) in enumerate(zip(blocks, folded, strict=True)):
                self._attend(layer, block, fold, stream, part_ids.shape)
                self._feed_forward(layer, block, fold, stream)
            hat, factor = self._norm(stream, "final", 0)
            grad = buffer("grad", *stream.shape)
            losses.append(
                self._predict(hat, factor, part_targets.flatten(), ids.numel(), head, head_grad, grad, keep)
            )
            for layer in reversed(range(len(blocks))):
                self._feed_forward_backward(layer, blocks[layer], folded[layer], grad, keep)
                self._attend_backward(layer, blocks[layer], folded[layer], grad, part_ids.shape, keep)
            embedding_grad.index_add_(0, part_ids.flatten(), grad)
        for block, fold in zip(blocks, folded, strict=True):
            _unfold(block, fold, self._config)
        torch.sum(head_grad * self._head, 0, out=_grad(model.norm.weight))
        if model.head is not None:
            _grad(self._head).zero_()
        _grad(self._head).addcmul_(head_grad, model.norm.weight)
        return torch.stack(losses).sum() / ids.numel()

    # ------------------------------------------------------------ once a step

    def _fold(self, block: Block, layer: int, T: int) -> Folded:
        config, buffer = self._config, self._buffer
        H, G, D = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        qkv, gate_up = block.attention.qkv.weight, block.feed_forward.gate_up.weight
        query_weight = block.attention.q_norm.weight * D**-0.5
        weight = torch.cat((query_weight.expand(H, D), block.attention.k_norm.weight.expand(G, D))).unsqueeze(
            -1
        )
        cos, sin = (table[:T, : D // 2].t() for table in (self._model.cos, self._model.sin))
        first, second = weight.chunk(2, dim=1)
        turns = (first * cos, second * sin, second * cos, first * sin)
        return Folded(
            qkv=torch.mul(
                qkv, block.attention_norm.weight, out=buffer("qkv_weight", *qkv.shape, layer=layer)
            ),
            qkv_grad=_grad(qkv),
            gate_up=torch.mul(
                gate_up,
                block.feed_forward_norm.weight,
                out=buffer("gate_up_weight", *gate_up.shape, layer=layer),
            ),
            gate_up_grad=_grad(gate_up),
            qk_weight=weight,
            qk_weight_grad=torch.zeros(H + G, D),
            turns=cast(tuple[Tensor, Tensor, Tensor, Tensor], tuple(turn.unsqueeze(2) for turn in turns)),
        )

    # ------------------------------------------------------------ forward

    def _stream(self, ids: Tensor) -> Tensor:
        return self._buffer("stream", ids.numel(), self._config.hidden_size)

    def _norm(self, x: Tensor, name: str, layer: int) -> tuple[Tensor, Tensor]:
        """The stream x (N, C) over its root mean square, and the factor (N, 1) that made it so."""
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        factor = norm.square_().div_(x.shape[-1]).add_(self._config.rms_norm_eps).rsqrt_()
        hat = torch.mul(x, factor, out=self._buffer(f"{name}_hat", *x.shape, layer=layer))
        self._buffer(f"{name}_factor", *factor.shape, layer=layer).copy_(factor)
        return hat, factor

    def _normed(self, name: str, layer: int, N: int) -> tuple[Tensor, Tensor]:
        """What `_norm` gave on the way forward."""
        hat = self._buffer(f"{name}_hat", N, self._config.hidden_size, layer=layer)
        return hat, self._buffer(f"{name}_factor", N, 1, layer=layer)

    def _attend(self, layer: int, block: Block, fold: Folded, stream: Tensor, shape: torch.Size) -> None:
        """Add attention's output to the stream (N, C)."""
        config, buffer, (B, T), N = self._config, self._buffer, shape, shape.numel()
        H, G, D = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        hat, _ = self._norm(stream, "attention", layer)
        qkv = torch.mm(fold.qkv, hat.t(), out=buffer("qkv", (H + 2 * G) * D, N)).view(H + 2 * G, D, B, T)
        qk = qkv[: H + G]
        squares = torch.square(qk, out=buffer("qk_scratch", *qk.shape))
        factor = buffer("qk_factor", H + G, 1, B, T, layer=layer)
        torch.sum(squares, 1, keepdim=True, out=factor).div_(D).add_(config.rms_norm_eps).rsqrt_()
        unit = torch.mul(qk, factor, out=buffer("qk_unit", *qk.shape, layer=layer))
        heads = buffer("heads", H + 2 * G, B, D, T, layer=layer)
        by_position = heads.transpose(1, 2)
        _turn(unit, fold.turns, by_position[: H + G])
        by_position[H + G :].copy_(qkv[H + G :])
        mixed = buffer("mixed", B, T, H, D, layer=layer)
        q, k, v = self._attention_inputs(heads)
        for start in range(0, T, _QUERY_BLOCK):
            end = min(start + _QUERY_BLOCK, T)
            scores = buffer(f"probabilities_{start}", H * B, end - start, end, layer=layer)
            torch.bmm(q[:, :, start:end].mT, k[:, :, :end], out=scores)
            scores[:, :, start:] += self._mask[: end - start, : end - start]
            torch.softmax(scores, -1, out=scores)
            values = torch.bmm(scores, v[:, :, :end].mT, out=buffer("values", H * B, end - start, D))
            mixed[:, start:end].copy_(values.view(H, B, end - start, D).permute(1, 2, 0, 3))
        stream.addmm_(mixed.view(N, H * D), block.attention.out.weight.t())

    def _attention_inputs(self, heads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys, values of (H + 2G, B, D, T), each (H x B, D, T); grouped keys are repeated."""
        H, G = self._config.num_attention_heads, self._config.num_key_value_heads
        q, k, v = heads.split((H, G, G))
        if H != G:
            k, v = k.repeat_interleave(H // G, 0), v.repeat_interleave(H // G, 0)
        return q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)

    def _feed_forward(self, layer: int, block: Block, fold: Folded, stream: Tensor) -> None:
        """Add SwiGLU's output to the stream (N, C)."""
        N, width = stream.shape[0], self._config.intermediate_size
        hat, _ = self._norm(stream, "feed_forward", layer)
        both = torch.mm(hat, fold.gate_up.t(), out=self._buffer("gate_up", N, 2 * width, layer=layer))
        gate, up = both.split(width, 1)
        gated = _silu(gate, out=self._buffer("silu", N, width, layer=layer))
        inner = torch.mul(gated, up, out=self._buffer("inner", N, width, layer=layer))
        stream.addmm_(inner, block.feed_forward.down.weight.t())

    def _predict(
        self,
        hat: Tensor,
        factor: Tensor,
        targets: Tensor,
        total: int,
        head: Tensor,
        head_grad: Tensor,
        grad: Tensor,
        keep: float,
    ) -> Tensor:
        """Sum of N positions' losses (nats). `grad` (N, C) becomes the stream's, of the mean over `total`."""
        losses: list[Tensor] = []
        for start in range(0, len(hat), _HEAD_ROWS):
            rows = slice(start, start + _HEAD_ROWS)
            right = targets[rows, None]
            logits = torch.mm(hat[rows], head.t(), out=self._buffer("logits", len(right), len(head)))
            log_probabilities = torch.log_softmax(logits, -1)
            losses.append(-log_probabilities.gather(1, right).sum())
            errors = log_probabilities.exp_()
            errors.scatter_add_(1, right, self._minus_ones(len(right)))
            head_grad.addmm_(errors.t(), hat[rows], beta=1.0 if start else keep, alpha=1 / total)
            hat_grad = torch.mm(errors, head, out=self._buffer("head_hat_grad", len(right), hat.shape[1]))
            grad[rows].zero_()
            self._norm_backward(grad[rows], hat_grad, hat[rows], factor[rows] / total)
        return torch.stack(losses).sum()

    def _minus_ones(self, count: int) -> Tensor:
        return self._buffer("minus_ones", count, 1).fill_(-1.0)

    # ------------------------------------------------------------ backward

    def _norm_backward(self, grad: Tensor, hat_grad: Tensor, hat: Tensor, factor: Tensor) -> None:
        """Add to the stream's gradient what came for its normed form: factor x (g - hat x mean(g x hat))."""
        product = torch.mul(hat_grad, hat, out=self._buffer("norm_scratch", *hat.shape))
        share = product.mean(-1, keepdim=True).mul_(factor)
        grad.addcmul_(hat_grad, factor).addcmul_(hat, share, value=-1)

    def _feed_forward_backward(
        self, layer: int, block: Block, fold: Folded, grad: Tensor, keep: float
    ) -> None:
        N, width, buffer = grad.shape[0], self._config.intermediate_size, self._buffer
        hat, factor = self._normed("feed_forward", layer, N)
        gate, up = buffer("gate_up", N, 2 * width, layer=layer).split(width, 1)
        gated, inner = buffer("silu", N, width, layer=layer), buffer("inner", N, width, layer=layer)
        down = block.feed_forward.down.weight
        _grad(down).addmm_(grad.t(), inner, beta=keep)
        inner_grad = torch.mm(grad, down, out=buffer("inner_grad", N, width))
        both_grad = buffer("gate_up_grad", N, 2 * width)
        gate_grad, up_grad = both_grad.split(width, 1)
        torch.mul(inner_grad, gated, out=up_grad)
        _silu_backward(inner_grad.mul_(up), gate, grad_input=gate_grad)
        fold.gate_up_grad.addmm_(both_grad.t(), hat, beta=keep)
        hat_grad = torch.mm(both_grad, fold.gate_up, out=buffer("hat_grad", *hat.shape))
        self._norm_backward(grad, hat_grad, hat, factor)

    def _attend_backward(
        self, layer: int, block: Block, fold: Folded, grad: Tensor, shape: torch.Size, keep: float
    ) -> None:
        config, buffer, (B, T), N = self._config, self._buffer, shape, shape.numel()
        H, G, D = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        hat, stream_factor = self._normed("attention", layer, N)
        mixed = buffer("mixed", B, T, H, D, layer=layer).view(N, H * D)
        out = block.attention.out.weight
        _grad(out).addmm_(grad.t(), mixed, beta=keep)
        mixed_grad = torch.mm(grad, out, out=buffer("mixed_grad", N, H * D))
        heads_grad = self._probabilities_backward(layer, mixed_grad.view(B, T, H, D))
        by_position = heads_grad.transpose(1, 2)
        qkv_grad = buffer("qkv_grad", H + 2 * G, D, B, T)
        qkv_grad[H + G :].copy_(by_position[H + G :])
        unit = buffer("qk_unit", H + G, D, B, T, layer=layer)
        factor = buffer("qk_factor", H + G, 1, B, T, layer=layer)
        turned = _turn_back(by_position[: H + G], self._model, buffer("turned", *unit.shape))
        product = torch.mul(turned, unit, out=buffer("qk_scratch", *unit.shape)).view(H + G, D, N)
        fold.qk_weight_grad += product.sum(-1)
        share = torch.bmm(fold.qk_weight.mT, product).div_(D).view(H + G, 1, B, T)
        turned.mul_(fold.qk_weight.unsqueeze(-1)).addcmul_(unit, share, value=-1)
        torch.mul(turned, factor, out=qkv_grad[: H + G])
        flat_grad = qkv_grad.view((H + 2 * G) * D, N)
        fold.qkv_grad.addmm_(flat_grad, hat, beta=keep)
        hat_grad = torch.mm(flat_grad.t(), fold.qkv, out=buffer("hat_grad", *hat.shape))
        self._norm_backward(grad, hat_grad, hat, stream_factor)

    def _probabilities_backward(self, layer: int, mixed_grad: Tensor) -> Tensor:
        """Gradient of the turned queries, the turned keys and the values, (H + 2G, B, D, T)."""
        config, buffer, (B, T, H, D) = self._config, self._buffer, mixed_grad.shape
        G = config.num_key_value_heads
        q, k, v = self._attention_inputs(buffer("heads", H + 2 * G, B, D, T, layer=layer))
        heads_grad = buffer("heads_grad", 3 * H, B, D, T)
        q_grad, k_grad, v_grad = (part.flatten(0, 1) for part in heads_grad.split(H))
        for start in reversed(range(0, T, _QUERY_BLOCK)):
            end = min(start + _QUERY_BLOCK, T)
            probabilities = buffer(f"probabilities_{start}", H * B, end - start, end, layer=layer)
            values_grad = buffer("values_grad", H * B, end - start, D)
            values_grad.view(H, B, end - start, D).copy_(mixed_grad[:, start:end].permute(2, 0, 1, 3))
            scores_grad = torch.bmm(
                values_grad, v[:, :, :end], out=buffer(f"scores_grad_{start}", *probabilities.shape)
            )
            _softmax_backward(scores_grad, probabilities, -1, torch.float32, grad_input=scores_grad)
            queries = q[:, :, start:end]
            if end == T:
                torch.bmm(values_grad.mT, probabilities, out=v_grad)
                torch.bmm(queries, scores_grad, out=k_grad)
            else:
                v_grad[:, :, :end] += torch.bmm(
                    values_grad.mT, probabilities, out=buffer("keys_scratch", H * B, D, end)
                )
                k_grad[:, :, :end] += torch.bmm(
                    queries, scores_grad, out=buffer("keys_scratch", H * B, D, end)
                )
            q_grad[:, :, start:end] = torch.bmm(k[:, :, :end], scores_grad.mT)
        if H != G:
            grouped = heads_grad[H:].view(2 * G, H // G, B, D, T).sum(1)
            return torch.cat((heads_grad[:H], grouped))
        return heads_grad


def _rows_at_once(config: ModelConfig, B: int, T: int) -> int:
    """The largest divisor of B whose rows have no more numbers in the stream than are handled at once."""
    most = max(1, _PART_ELEMENTS // (T * config.hidden_size))
    return max(rows for rows in range(1, min(B, most) + 1) if B % rows == 0)


def _grad(parameter: Tensor) -> Tensor:
    assert parameter.grad is not None
    return parameter.grad


def _turn(unit: Tensor, turns: tuple[Tensor, Tensor, Tensor, Tensor], out: Tensor) -> None:
    """Weigh and rotate (H + G, D, B, T) by position."""
    (first, second), (out_first, out_second) = unit.chunk(2, 1), out.chunk(2, 1)
    torch.mul(first, turns[0], out=out_first).addcmul_(second, turns[1], value=-1)
    torch.mul(second, turns[2], out=out_second).addcmul_(first, turns[3])


def _turn_back(grad: Tensor, model: Transformer, out: Tensor) -> Tensor:
    """Rotate (H + G, D, B, T) the other way, without the weights."""
    T, half = grad.shape[3], grad.shape[1] // 2
    cos, sin = (table[:T, :half].t().unsqueeze(1) for table in (model.cos, model.sin))
    (first, second), (out_first, out_second) = grad.chunk(2, 1), out.chunk(2, 1)
    torch.mul(first, cos, out=out_first).addcmul_(second, sin)
    torch.mul(second, cos, out=out_second).addcmul_(first, sin, value=-1)
    return out


def _unfold(block: Block, fold: Folded, config: ModelConfig) -> None:
    """From the folded matrices' gradients those of the matrices and of the norms' weights."""
    H = config.num_attention_heads
    for matrix, norm, grad in (
        (block.attention.qkv.weight, block.attention_norm.weight, fold.qkv_grad),
        (block.feed_forward.gate_up.weight, block.feed_forward_norm.weight, fold.gate_up_grad),
    ):
        torch.sum(grad * matrix, 0, out=_grad(norm))
        grad.mul_(norm)
    torch.mul(fold.qk_weight_grad[:H].sum(0), config.head_dim**-0.5, out=_grad(block.attention.q_norm.weight))
    torch.sum(fold.qk_weight_grad[H:], 0, out=_grad(block.attention.k_norm.weight))
