"""How each family's files name the parts of our transformer, and how the weights lie in them.

Names are of modules; ".weight" and ".bias" follow. Parts that we keep joined (q, k and v; gate and up) are
several modules there. One table for reading and for writing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.core.model import ModelConfig, Transformer
from explorer.errors import DamagedFileError

_QKV = "attention.qkv"
_GATE_UP = "feed_forward.gate_up"


@dataclass(frozen=True)
class Family:
    """One family's names: our module -> theirs, outside the layers and inside layer {layer}."""

    name: str
    """`model_type` in config.json."""
    class_name: str
    """In `architectures`."""
    prefix: str
    """Before every name but the head's; files of the bare model leave it out."""
    outside: dict[str, str]
    layer: str
    inside: dict[str, tuple[str, ...]]
    transposed: bool = False
    """Matrices in the layers are (in, out), as GPT-2's Conv1D has them."""
    norm_offset: float = 0.0
    """What is missing from the norms' weights in the file (Gemma: 1)."""
    head: str = "lm_head"


_LLAMA_INSIDE = {
    "attention_norm": ("input_layernorm",),
    _QKV: ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention.out": ("self_attn.o_proj",),
    "feed_forward_norm": ("post_attention_layernorm",),
    _GATE_UP: ("mlp.gate_proj", "mlp.up_proj"),
    "feed_forward.down": ("mlp.down_proj",),
}
_LLAMA_OUTSIDE = {"embedding": "embed_tokens", "norm": "norm"}
_QUERY_KEY_NORMS = {"attention.q_norm": ("self_attn.q_norm",), "attention.k_norm": ("self_attn.k_norm",)}
_LAYERS = "layers.{layer}."

LLAMA = Family("llama", "LlamaForCausalLM", "model.", _LLAMA_OUTSIDE, _LAYERS, _LLAMA_INSIDE)
QWEN2 = Family("qwen2", "Qwen2ForCausalLM", "model.", _LLAMA_OUTSIDE, _LAYERS, _LLAMA_INSIDE)
QWEN3 = Family(
    "qwen3", "Qwen3ForCausalLM", "model.", _LLAMA_OUTSIDE, _LAYERS, _LLAMA_INSIDE | _QUERY_KEY_NORMS
)
GEMMA3 = Family(
    "gemma3_text",
    "Gemma3ForCausalLM",
    "model.",
    _LLAMA_OUTSIDE,
    _LAYERS,
    _LLAMA_INSIDE
    | _QUERY_KEY_NORMS
    | {
        "attention_after_norm": ("post_attention_layernorm",),
        "feed_forward_norm": ("pre_feedforward_layernorm",),
        "feed_forward_after_norm": ("post_feedforward_layernorm",),
    },
    norm_offset=1.0,
)
GPT2 = Family(
    "gpt2",
    "GPT2LMHeadModel",
    "transformer.",
    {"embedding": "wte", "position_embedding": "wpe", "norm": "ln_f"},
    "h.{layer}.",
    {
        "attention_norm": ("ln_1",),
        _QKV: ("attn.c_attn",),
        "attention.out": ("attn.c_proj",),
        "feed_forward_norm": ("ln_2",),
        _GATE_UP: ("mlp.c_fc",),
        "feed_forward.down": ("mlp.c_proj",),
    },
    transposed=True,
)
FAMILIES = {family.name: family for family in (GPT2, LLAMA, QWEN2, QWEN3, GEMMA3)}


@dataclass(frozen=True)
class Part:
    """Where one of our tensors is in a file: their names in order along dimension 0, and their shapes."""

    ours: str
    theirs: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    transposed: bool
    offset: float


def parts(family: Family, config: ModelConfig) -> Iterator[Part]:
    """Every tensor of a model of these sizes."""
    with torch.device("meta"):
        model = Transformer(config)
    for ours, tensor in model.state_dict().items():
        module, _, kind = ours.rpartition(".")
        theirs = _their_modules(family, module)
        transposed = family.transposed and module.startswith("blocks.") and tensor.ndim == 2
        rest = tuple(tensor.shape)[1:]
        shapes = [(rows, *rest) for rows in _split(config, module, tensor.shape[0], len(theirs))]
        yield Part(
            ours,
            tuple(f"{name}.{kind}" for name in theirs),
            tuple(shape[::-1] if transposed else shape for shape in shapes),
            transposed,
            family.norm_offset if module.endswith("norm") else 0.0,
        )


def from_file(
    family: Family, config: ModelConfig, read: Callable[[str], Tensor], path: str, dtype: torch.dtype
) -> dict[str, Tensor]:
    """Our state dict; `read` gives a file's tensor by name and is called once a tensor.

    Raises: DamagedFileError if a tensor has another shape, or numbers that are not finite.
    """
    state: dict[str, Tensor] = {}
    for part, pieces in in_pieces(family, config, read, path):
        rows = [len(piece) for piece in pieces]
        joined = torch.empty((sum(rows), *pieces[0].shape[1:]), dtype=dtype)
        for name, piece, place in zip(part.theirs, pieces, joined.split(rows), strict=True):
            check_numbers(piece, path, name)
            place.copy_(piece)
        state[part.ours] = joined.add_(part.offset) if part.offset else joined
    return state


def in_pieces(
    family: Family, config: ModelConfig, read: Callable[[str], Tensor], path: str
) -> Iterator[tuple[Part, list[Tensor]]]:
    """What each of our tensors is put together from: tensors that lie one below the other.

    Their numbers are not looked at, and a part's offset is still to be added.
    Raises: DamagedFileError if a tensor has another shape.
    """
    for part in parts(family, config):
        pieces: list[Tensor] = []
        for name, shape in zip(part.theirs, part.shapes, strict=True):
            tensor = read(name)
            if tuple(tensor.shape) != shape:
                raise DamagedFileError(
                    "{path} does not fit its config.json: {tensor} is not as it must be. Use another copy.",
                    path=path,
                    tensor=name,
                )
            pieces.append(tensor.T if part.transposed else tensor)
        yield part, pieces


def to_file(family: Family, model: Transformer) -> dict[str, Tensor]:
    """The weights as a file has them, on the CPU, each in memory of its own."""
    state = model.state_dict()
    theirs: dict[str, Tensor] = {}
    for part in parts(family, model.config):
        rows = [shape[-1 if part.transposed else 0] for shape in part.shapes]
        tensor = state[part.ours].detach() - part.offset if part.offset else state[part.ours].detach()
        for name, piece in zip(part.theirs, tensor.split(rows), strict=True):
            theirs[name] = (piece.T if part.transposed else piece).cpu().contiguous()
    return theirs


def _their_modules(family: Family, module: str) -> tuple[str, ...]:
    if module == "head":
        return (family.head,)
    if not module.startswith("blocks."):
        return (family.prefix + family.outside[module],)
    _, layer, inside = module.split(".", 2)
    start = family.prefix + family.layer.format(layer=layer)
    return tuple(start + name for name in family.inside[inside])


def _split(config: ModelConfig, module: str, rows: int, count: int) -> list[int]:
    """How the rows of a joined matrix fall to its parts."""
    if count == 1:
        return [rows]
    if module.endswith(_QKV):
        return [config.queries_width, config.keys_width, config.keys_width]
    return [config.intermediate_size] * 2


def check_numbers(tensor: Tensor, path: str, name: str) -> None:
    """Raises: DamagedFileError if not all are finite."""
    # One pass and no memory: NaN spreads to both ends.
    if not all(bool(torch.isfinite(end)) for end in tensor.aminmax()):
        raise DamagedFileError(
            "{path} has numbers in {tensor} that are not finite. Use another copy.", path=path, tensor=name
        )
