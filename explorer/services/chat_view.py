"""Conversations rendered for the Tokens panel, in the text worker."""

from collections.abc import Callable

from explorer.core.chat_view import ChatView, viewing_chat
from explorer.core.tokenizer_source import OpenedTokenizer
from explorer.errors import InputError
from explorer.protocol import ChatPlace, ChatViewed, Command, Encoding, ViewChat
from explorer.services import Job
from explorer.text.templates import ChatMessage, TemplateRenderer

MOST_CHARACTERS = 200_000
"""Of all messages together: the answer is one message to the window."""


class ChatViewService:
    """`opened_of` gives an encoding's tokenizer and what its files say of conversations."""

    commands: tuple[type[Command], ...] = (ViewChat,)

    def __init__(self, opened_of: Callable[[Encoding], OpenedTokenizer]) -> None:
        self._opened_of = opened_of
        self._renderer = TemplateRenderer()

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        assert isinstance(command, ViewChat)
        return self._view(command)

    def close(self) -> None:
        """End the process that renders."""
        self._renderer.close()

    def _view(self, command: ViewChat) -> Job:
        length = sum(len(turn.content) for turn in command.messages)
        if length > MOST_CHARACTERS:
            raise InputError(
                "This conversation has {length} characters; {most} can be shown here. Shorten it, or look at "
                "it as a text.",
                length=length,
                most=MOST_CHARACTERS,
            )
        messages = [ChatMessage(turn.role, turn.content) for turn in command.messages]
        view = yield from viewing_chat(
            self._renderer,
            command.encoding,
            self._opened_of(command.encoding),
            messages,
            template=command.template,
            jinja=command.jinja,
            specials=command.specials,
            add_generation_prompt=command.add_generation_prompt,
        )
        yield _viewed(command, view)


def _viewed(command: ViewChat, view: ChatView) -> ChatViewed:
    tokens = view.tokens
    return ChatViewed(
        job=command.job,
        encoding=command.encoding,
        template=view.template,
        text=tokens.text,
        bytes_total=len(tokens.text.encode()),
        ids=tokens.ids,
        starts=tokens.starts,
        pieces=_pieces(view),
        turns=[-1 if turn is None else turn for turn in tokens.turns],
        special=[index for index, special in enumerate(tokens.special) if special],
        places=[
            None if place is None else ChatPlace(place.start, place.stop, place.skipped)
            for place in tokens.places
        ],
        missing=view.missing,
    )


def _pieces(view: ChatView) -> dict[int, str]:
    """Bytes in hex of the tokens that are no whole characters."""
    found: dict[int, str] = {}
    for index, token in enumerate(view.tokens.ids):
        data = view.vocabulary.token_bytes(token)
        if data.decode("utf-8", "replace").encode() != data:
            found[index] = data.hex()
    return found
