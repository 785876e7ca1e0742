"""A conversation's beginning as the model reads it, up to where its answer begins.

The same ids as `explorer.text.chat.encode_chat` gives for our own template, without a process that renders
it: an update asks hundreds of questions.
"""

from collections.abc import Collection, Sequence

from explorer.errors import InputError
from explorer.text.chatml import TURN_CLOSE, TURN_OPEN
from explorer.text.templates import ChatMessage
from explorer.text.tokenizer import Tokenizer


def prompt_ids(tokenizer: Tokenizer, messages: Sequence[ChatMessage]) -> list[int]:
    """Ids of messages of the roles system and user, and of the opening of the assistant's turn."""
    opened, closed = tokenizer.special_tokens[TURN_OPEN], tokenizer.special_tokens[TURN_CLOSE]
    ids: list[int] = []
    for message in messages:
        ids += [opened, *tokenizer.encode(f"{message.role}\n{message.content}"), closed]
        ids += tokenizer.encode("\n")
    return [*ids, opened, *tokenizer.encode("assistant\n")]


def end_tokens(tokenizer: Tokenizer) -> frozenset[int]:
    """At which an answer ends."""
    return frozenset({tokenizer.special_tokens[TURN_CLOSE], tokenizer.end_of_text})


def said(tokenizer: Tokenizer, ids: Sequence[int], ends: Collection[int]) -> str:
    """What was written, without the token that ended it."""
    return tokenizer.decode(ids[:-1] if ids and ids[-1] in ends else ids)


def check_chats(tokenizer: Tokenizer, name: str) -> None:
    """Raises: InputError if a model with this vocabulary has never seen a conversation."""
    if TURN_OPEN not in tokenizer.special_tokens:
        raise InputError(
            "{name} has not learned to chat, so it cannot be asked. Choose a model after the stage sft.",
            name=name,
        )
