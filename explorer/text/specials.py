"""A vocabulary grows: tokens that no text contains are added to a tokenizer that was trained here."""

from collections.abc import Iterable

from explorer.errors import InputError
from explorer.text.characters import UNKNOWN, CharacterTokenizer
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer, Tokenizer


def with_special_tokens(tokenizer: Tokenizer, names: Iterable[str]) -> Tokenizer:
    """The same tokenizer with those of `names` that it lacks, their ids after all others, in their order.

    Every other id stays what it was, so a model need only grow. Raises: InputError for a foreign kind.
    """
    new = [name for name in dict.fromkeys(names) if name not in tokenizer.special_tokens]
    if not new:
        return tokenizer
    if isinstance(tokenizer, CharacterTokenizer):
        added = [name for name in tokenizer.special_tokens if name not in (UNKNOWN, END_OF_TEXT)]
        return CharacterTokenizer(tokenizer.characters, [*added, *new])
    if isinstance(tokenizer, BytePairTokenizer):
        ids = {name: tokenizer.n_vocab + place for place, name in enumerate(new)}
        specials = {**tokenizer.special_tokens, **ids}
        return BytePairTokenizer(tokenizer.name, tokenizer.pattern, tokenizer.ranks, specials)
    raise InputError(
        "The vocabulary {name} cannot be given more tokens. Choose a model that was trained here.",
        name=tokenizer.name,
    )
