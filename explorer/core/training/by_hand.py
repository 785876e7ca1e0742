"""A training step's gradients on a CPU, derived by hand: the formulas of `explorer.core.model`, faster.

Autograd keeps and re-reads more than it must, and on few cores that traffic costs as much as half of the
matrix products. Here

- every array has its place from the first step on: no page is asked of the system twice;
- a norm's weight scales the columns of the matrix that comes next, so it is multiplied into that matrix once
  a step, not into every token, and its gradient falls out of the matrix's;
- what lies between two products is one pass over each array (`explorer.core.training.kernels`);
- attention is plain products over blocks of queries, each against the keys up to its last position: most of
  the other half of the causal square is never computed, and the probabilities are kept for the way back;
- the rows of a batch are shared out among lanes, a thread each, which meet once a step. Threads that meet in
  every operation wait for each other, at each of them, as soon as another program wants a core.

The tests hold every gradient against autograd's. The sums are taken in a fixed order, so the same batch gives
the same bits. Letters as in `explorer.core.model`; N is B x T.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor

from explorer.core.model import Block, Transformer
from explorer.core.training.kernels import Kernels
from explorer.core.training.native import best_kernels

_QUERY_BLOCK = 128
_HEAD_ROWS = 1024
_PART_POSITIONS = 1024
"""How many positions a lane works on at once: more take memory and gain next to nothing."""


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


@dataclass(frozen=True)
class Weights:
    """What a layer's products and kernels take: norms' weights are multiplied into `qkv` and `gate_up`."""

    qkv: Tensor
    out: Tensor
    gate_up: Tensor
    down: Tensor
    turn: Tensor
    """(2, D): the query norm's weight with attention's 1 / sqrt(D), and the key norm's."""


@dataclass(frozen=True)
class Share:
    """How much each token's loss counts: `scale`, times its own weight if there are any (B, T)."""

    scale: float
    weights: Tensor | None = None
    temperature: float = 1.0
    """The model whose loss it is draws at this temperature: its logits are divided by it."""

    def of(self, rows: slice) -> "Share":
        """Of some rows of the batch."""
        return self if self.weights is None else replace(self, weights=self.weights[rows])


class Lane:
    """One thread's share of a batch: its own arrays, its own sums of gradients."""

    def __init__(self, model: Transformer, kernels: Kernels) -> None:
        self._config, self._kernels, self._buffer = model.config, kernels, Buffers()
        half = model.config.head_dim // 2
        self._cos, self._sin = (table[:, :half].contiguous() for table in (model.cos, model.sin))
        self.gradients = [
            Weights(*(torch.empty_like(weight) for weight in matrices(cast(Block, block))))
            for block in model.blocks
        ]
        self.head_grad = torch.empty_like(model.embedding.weight)
        self.embedding_grad = torch.empty_like(model.embedding.weight)

    def run(
        self,
        ids: Tensor,
        targets: Tensor,
        share: Share,
        layers: Sequence[Weights],
        embedding: Tensor,
        head: Tensor,
    ) -> Tensor:
        """Sum of the losses (nats) of ids and targets (B, T), weighed as `share` says; its gradients too."""
        for gradient in self.gradients:
            gradient.turn.zero_()
        self.embedding_grad.zero_()
        losses: list[Tensor] = []
        rows = _rows_at_once(*ids.shape)
        for part in range(0, len(ids), rows):
            part_ids, part_targets = ids[part : part + rows], targets[part : part + rows]
            part_share = share.of(slice(part, part + rows))
            keep = len(losses) > 0  # the first part overwrites what the last step left
            B, T = part_ids.shape
            flat_ids = part_ids.flatten()
            stream = self._buffer("stream", B * T, self._config.hidden_size)
            torch.index_select(embedding, 0, flat_ids, out=stream)
            for layer, weights in enumerate(layers):
                self._attend(layer, weights, stream, B, T)
                self._feed_forward(layer, weights, stream)
            grad = self._buffer("grad", *stream.shape)
            losses.append(self._predict(stream, part_targets.flatten(), part_share, head, grad, keep))
            for layer in reversed(range(len(layers))):
                self._feed_forward_backward(layer, layers[layer], grad, keep)
                self._attend_backward(layer, layers[layer], grad, B, T, keep)
            self.embedding_grad.index_add_(0, flat_ids, grad)
        return torch.stack(losses).sum()

    # ------------------------------------------------------------ forward

    def _normed(self, name: str, layer: int, N: int) -> tuple[Tensor, Tensor]:
        """Where a norm's result (N, C) and its factor (N, 1) are kept for the way back."""
        hat = self._buffer(f"{name}_hat", N, self._config.hidden_size, layer=layer)
        return hat, self._buffer(f"{name}_factor", N, 1, layer=layer)

    def _norm(self, stream: Tensor, name: str, layer: int) -> Tensor:
        hat, factor = self._normed(name, layer, len(stream))
        self._kernels.norm(stream, hat, factor, self._config.rms_norm_eps)
        return hat

    def _attend(self, layer: int, weights: Weights, stream: Tensor, B: int, T: int) -> None:
        """Add attention's output to the stream (N, C)."""
        config, buffer, N = self._config, self._buffer, len(stream)
        H, G, D = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        hat = self._norm(stream, "attention", layer)
        qkv = torch.mm(hat, weights.qkv.t(), out=buffer("qkv", N, (H + 2 * G) * D, layer=layer))
        heads = buffer("heads", H + 2 * G, B, T, D, layer=layer)
        factor = buffer("turn_factor", B, T, H + G, layer=layer)
        qkv = qkv.view(B, T, H + 2 * G, D)
        self._kernels.turn(qkv, heads, factor, weights.turn, self._cos, self._sin, config.rms_norm_eps)
        q, k, v = self._heads_apart(heads)
        mixed = buffer("mixed", B, T, H, D, layer=layer)
        for start, end in _query_blocks(T):
            scores = buffer(f"probabilities_{start}", H * B, end - start, end, layer=layer)
            torch.bmm(q[:, start:end], k[:, :end].mT, out=scores)
            self._kernels.causal_softmax(scores, start)
            values = torch.bmm(scores, v[:, :end], out=buffer("values", H * B, end - start, D))
            mixed[:, start:end].copy_(values.view(H, B, end - start, D).permute(1, 2, 0, 3))
        stream.addmm_(mixed.view(N, H * D), weights.out.t())

    def _heads_apart(self, heads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys, values of (H + 2G, B, T, D), each (H x B, T, D); grouped keys are repeated."""
        H, G = self._config.num_attention_heads, self._config.num_key_value_heads
        q, k, v = heads.split((H, G, G))
        if H != G:
            k, v = k.repeat_interleave(H // G, 0), v.repeat_interleave(H // G, 0)
        return q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)

    def _feed_forward(self, layer: int, weights: Weights, stream: Tensor) -> None:
        """Add SwiGLU's output to the stream (N, C)."""
        N, width = len(stream), self._config.intermediate_size
        hat = self._norm(stream, "feed_forward", layer)
        both = torch.mm(hat, weights.gate_up.t(), out=self._buffer("both", N, 2 * width, layer=layer))
        inner = self._buffer("inner", N, width, layer=layer)
        self._kernels.swiglu(both, inner)
        stream.addmm_(inner, weights.down.t())

    def _predict(
        self, stream: Tensor, targets: Tensor, share: Share, head: Tensor, grad: Tensor, keep: bool
    ) -> Tensor:
        """Sum of N positions' losses (nats); `grad` (N, C) becomes the stream's."""
        alpha = share.scale / share.temperature
        hat = self._norm(stream, "final", 0)
        _, factor = self._normed("final", 0, len(stream))
        losses = self._buffer("losses", len(stream))
        for start in range(0, len(stream), _HEAD_ROWS):
            rows = slice(start, min(start + _HEAD_ROWS, len(stream)))
            count = rows.stop - start
            logits = torch.mm(hat[rows], head.t(), out=self._buffer("logits", count, len(head)))
            if share.temperature != 1.0:
                logits.div_(share.temperature)
            self._kernels.cross_entropy(logits, targets[rows], losses[rows])
            if share.weights is not None:
                weights = share.weights.flatten()[rows]
                logits.mul_(weights[:, None])
                losses[rows].mul_(weights)
            beta = 1.0 if start or keep else 0.0
            self.head_grad.addmm_(logits.t(), hat[rows], beta=beta, alpha=alpha)
            hat_grad = torch.mm(logits, head, out=self._buffer("predict_hat_grad", count, hat.shape[1]))
            self._kernels.norm_backward(grad[rows], hat_grad, hat[rows], factor[rows], alpha, False)
        return losses.sum() * share.scale

    # ------------------------------------------------------------ backward

    def _norm_backward(self, grad: Tensor, hat_grad: Tensor, name: str, layer: int) -> None:
        """Add to the stream's gradient what came for its normed form."""
        hat, factor = self._normed(name, layer, len(grad))
        self._kernels.norm_backward(grad, hat_grad, hat, factor, 1.0, True)

    def _feed_forward_backward(self, layer: int, weights: Weights, grad: Tensor, keep: bool) -> None:
        N, width, buffer = len(grad), self._config.intermediate_size, self._buffer
        sums, beta = self.gradients[layer], float(keep)
        both, inner = buffer("both", N, 2 * width, layer=layer), buffer("inner", N, width, layer=layer)
        sums.down.addmm_(grad.t(), inner, beta=beta)
        inner_grad = torch.mm(grad, weights.down, out=buffer("inner_grad", N, width))
        both_grad = buffer("both_grad", N, 2 * width)
        self._kernels.swiglu_backward(both, inner_grad, both_grad)
        sums.gate_up.addmm_(both_grad.t(), self._normed("feed_forward", layer, N)[0], beta=beta)
        hat_grad = torch.mm(both_grad, weights.gate_up, out=buffer("hat_grad", *grad.shape))
        self._norm_backward(grad, hat_grad, "feed_forward", layer)

    def _attend_backward(
        self, layer: int, weights: Weights, grad: Tensor, B: int, T: int, keep: bool
    ) -> None:
        config, buffer, N = self._config, self._buffer, len(grad)
        H, G, D = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        sums, beta = self.gradients[layer], float(keep)
        mixed = buffer("mixed", B, T, H, D, layer=layer).view(N, H * D)
        sums.out.addmm_(grad.t(), mixed, beta=beta)
        mixed_grad = torch.mm(grad, weights.out, out=buffer("mixed_grad", N, H * D))
        heads_grad = self._probabilities_backward(layer, mixed_grad.view(B, T, H, D))
        qkv = buffer("qkv", N, (H + 2 * G) * D, layer=layer).view(B, T, H + 2 * G, D)
        factor = buffer("turn_factor", B, T, H + G, layer=layer)
        qkv_grad = buffer("qkv_grad", *qkv.shape)
        self._kernels.turn_backward(
            heads_grad, qkv, factor, weights.turn, self._cos, self._sin, qkv_grad, sums.turn
        )
        flat_grad = qkv_grad.view(N, (H + 2 * G) * D)
        sums.qkv.addmm_(flat_grad.t(), self._normed("attention", layer, N)[0], beta=beta)
        hat_grad = torch.mm(flat_grad, weights.qkv, out=buffer("hat_grad", *grad.shape))
        self._norm_backward(grad, hat_grad, "attention", layer)

    def _probabilities_backward(self, layer: int, mixed_grad: Tensor) -> Tensor:
        """Gradient of the turned queries, the turned keys and the values, (H + 2G, B, T, D)."""
        buffer, (B, T, H, D) = self._buffer, mixed_grad.shape
        G = self._config.num_key_value_heads
        q, k, v = self._heads_apart(buffer("heads", H + 2 * G, B, T, D, layer=layer))
        heads_grad = buffer("heads_grad", 3 * H, B, T, D)
        q_grad, k_grad, v_grad = (part.flatten(0, 1) for part in heads_grad.split(H))
        for start, end in reversed(_query_blocks(T)):
            rows = end - start
            probabilities = buffer(f"probabilities_{start}", H * B, rows, end, layer=layer)
            values_grad = buffer("values_grad", H * B, rows, D)
            values_grad.view(H, B, rows, D).copy_(mixed_grad[:, start:end].permute(2, 0, 1, 3))
            scores_grad = buffer(f"scores_grad_{start}", H * B, rows, end)
            torch.bmm(values_grad, v[:, :end].mT, out=scores_grad)
            self._kernels.causal_softmax_backward(scores_grad, probabilities, start)
            if end == T:
                torch.bmm(probabilities.mT, values_grad, out=v_grad)
                torch.bmm(scores_grad.mT, q[:, start:end], out=k_grad)
            else:
                sums = buffer("keys_scratch", H * B, end, D)
                v_grad[:, :end] += torch.bmm(probabilities.mT, values_grad, out=sums)
                k_grad[:, :end] += torch.bmm(scores_grad.mT, q[:, start:end], out=sums)
            q_grad[:, start:end] = torch.bmm(scores_grad, k[:, :end], out=buffer("values", H * B, rows, D))
        if H != G:
            grouped = heads_grad[H:].view(2 * G, H // G, B, T, D).sum(1)
            return torch.cat((heads_grad[:H], grouped))
        return heads_grad


class ByHand:
    """Computes a batch's loss and gradients for one model on the CPU, without autograd."""

    def __init__(self, model: Transformer, kernels: Kernels | None = None, lanes: int | None = None) -> None:
        """`kernels` and `lanes` are for tests: by default the best there are, and a lane for each thread."""
        self._model = model
        self._head = model.embedding.weight if model.head is None else model.head.weight
        self._blocks = [cast(Block, block) for block in model.blocks]
        self._buffer = Buffers()
        kernels = best_kernels() if kernels is None else kernels
        self._lanes = [Lane(model, kernels) for _ in range(lanes or torch.get_num_threads())]
        self._threads = ThreadPoolExecutor(
            len(self._lanes), "lane", initializer=torch.set_num_threads, initargs=(1,)
        )

    def loss_and_gradients(
        self,
        ids: Tensor,
        targets: Tensor,
        weights: Tensor | None = None,
        total: float | None = None,
        temperature: float = 1.0,
    ) -> Tensor:
        """Mean nats per token for ids and targets (B, T), a scalar; every parameter's `.grad` is replaced.

        With `weights` (B, T), of either sign: the sum of weight x nats. Divided by `total` (default: B x T),
        under the model at `temperature`.
        """
        share = Share(1 / (total or ids.numel()), weights, temperature)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the matrix library counts its threads for all lanes together
        try:
            return self._shared_out(ids, targets, share)
        finally:
            torch.set_num_threads(threads)

    @torch.no_grad()
    def _shared_out(self, ids: Tensor, targets: Tensor, share: Share) -> Tensor:
        head = torch.mul(self._head, self._model.norm.weight, out=self._buffer("head", *self._head.shape))
        layers = list(self._threads.map(self._fold, range(len(self._blocks))))
        lanes = self._lanes[: len(ids)]

        @torch.no_grad()  # a setting of each thread
        def run(lane: Lane, rows: slice) -> Tensor:
            own = share.of(rows)
            return lane.run(ids[rows], targets[rows], own, layers, self._model.embedding.weight, head)

        losses = list(self._threads.map(run, lanes, _split(len(ids), len(lanes))))
        for _ in self._threads.map(partial(self._collect, lanes), range(len(layers))):
            pass
        self._collect_ends(lanes)
        return torch.stack(losses).sum()

    @torch.no_grad()
    def _fold(self, layer: int) -> Weights:
        block = self._blocks[layer]
        qkv, out, gate_up, down, turn = matrices(block)
        turn[0] *= self._model.config.head_dim**-0.5
        folded_qkv = self._buffer("qkv", *qkv.shape, layer=layer)
        folded_gate_up = self._buffer("gate_up", *gate_up.shape, layer=layer)
        return Weights(
            qkv=torch.mul(qkv, block.attention_norm.weight, out=folded_qkv),
            out=out,
            gate_up=torch.mul(gate_up, block.feed_forward_norm.weight, out=folded_gate_up),
            down=down,
            turn=turn,
        )

    @torch.no_grad()
    def _collect(self, lanes: Sequence[Lane], layer: int) -> None:
        """Sum a layer's gradients; from the folded matrices' those of the matrices and the norms' weights."""
        sums, *others = (lane.gradients[layer] for lane in lanes)
        for field in fields(Weights):
            for other in others:
                getattr(sums, field.name).add_(getattr(other, field.name))
        block = self._blocks[layer]
        attention, feed_forward = block.attention, block.feed_forward
        block.attention_norm.weight.grad = (sums.qkv * attention.qkv.weight).sum(0)
        attention.qkv.weight.grad = sums.qkv.mul_(block.attention_norm.weight)
        attention.q_norm.weight.grad = sums.turn[0] * self._model.config.head_dim**-0.5
        attention.k_norm.weight.grad = sums.turn[1].clone()
        attention.out.weight.grad = sums.out
        block.feed_forward_norm.weight.grad = (sums.gate_up * feed_forward.gate_up.weight).sum(0)
        feed_forward.gate_up.weight.grad = sums.gate_up.mul_(block.feed_forward_norm.weight)
        feed_forward.down.weight.grad = sums.down

    def _collect_ends(self, lanes: Sequence[Lane]) -> None:
        """The same for the embedding, the last norm and the head."""
        sums, *others = lanes
        for other in others:
            sums.head_grad.add_(other.head_grad)
            sums.embedding_grad.add_(other.embedding_grad)
        norm = self._model.norm.weight
        norm.grad = (sums.head_grad * self._head).sum(0)
        self._model.embedding.weight.grad = sums.embedding_grad
        if self._model.head is None:
            sums.embedding_grad.addcmul_(sums.head_grad, norm)
        else:
            self._head.grad = sums.head_grad.mul_(norm)


def matrices(block: Block) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """A layer's weights in the order of `Weights`; for the last, something of its shape."""
    attention, feed_forward = block.attention, block.feed_forward
    turn = torch.stack((attention.q_norm.weight, attention.k_norm.weight)).detach()
    return (
        attention.qkv.weight,
        attention.out.weight,
        feed_forward.gate_up.weight,
        feed_forward.down.weight,
        turn,
    )


def _rows_at_once(B: int, T: int) -> int:
    """The largest divisor of B whose rows have no more positions than are worked on at once."""
    most = max(1, _PART_POSITIONS // T)
    return max(rows for rows in range(1, min(B, most) + 1) if B % rows == 0)


def _split(B: int, lanes: int) -> list[slice]:
    """Rows for each lane, as equal as can be."""
    edges = [round(B * lane / lanes) for lane in range(lanes + 1)]
    return [slice(start, end) for start, end in pairwise(edges)]


def _query_blocks(T: int) -> list[tuple[int, int]]:
    """First and last + 1 of each block's queries."""
    return [(start, min(start + _QUERY_BLOCK, T)) for start in range(0, T, _QUERY_BLOCK)]
