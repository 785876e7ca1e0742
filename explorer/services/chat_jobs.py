"""A session's conversation: messages through a template, and what others write into the stream."""

from collections.abc import Iterator

from explorer.core.session import Author, Session
from explorer.errors import InputError
from explorer.protocol import SetChat, TokensWritten, WriteTokens, WrittenPart
from explorer.services import Job
from explorer.services.session_jobs import Talk, distribution, read_prompt, stream_token
from explorer.text.chat import TEMPLATE, encoding_chat
from explorer.text.templates import ChatMessage, TemplateRenderer


def set_chat(talk: Talk, command: SetChat, renderer: TemplateRenderer) -> Job:
    """Render, encode, and read what is new in it."""
    session = talk.opened()
    assert talk.loaded is not None
    speech = talk.loaded.speech
    template = command.template or speech.template
    if template is None:
        raise InputError(
            "{name} has no chat template: it goes on with texts. Choose another model, or give it a text.",
            name=talk.loaded.info.name,
        )
    chat = yield from encoding_chat(
        renderer,
        session.tokenizer,
        template,
        [ChatMessage(turn.role, turn.content) for turn in command.messages],
        speech.named_tokens,
        add_generation_prompt=command.add_generation_prompt,
        options=command.options,
    )
    session.set_prompt_ids(
        chat.ids or [session.tokenizer.end_of_text],
        [Author(*pair) for pair in zip(chat.roles, chat.turns, strict=True)] or [Author(TEMPLATE)],
        Author("assistant", len(command.messages)),
    )
    session.extend(command.continuation)
    yield from read_prompt(command.job, session, command.sampler)


def write_tokens(talk: Talk, command: WriteTokens) -> Job:
    """Put them after the stream and let the model read them."""
    session = talk.opened()
    position = session.position
    written = [pair for part in command.parts for pair in _authored(session, part)]
    session.extend([token for token, _ in written], [author for _, author in written])
    for _ in session.catch_up():
        yield None
    yield TokensWritten(
        job=command.job,
        position=position,
        tokens=[stream_token(session, place) for place in range(position, session.position)],
        left_out=len(written) - (session.position - position),
    )
    yield distribution(command.job, session, command.sampler)


def _authored(session: Session, part: WrittenPart) -> Iterator[tuple[int, Author]]:
    author = Author(part.role, session.answering.turn)
    if not part.special:
        yield from ((token, author) for token in session.tokenizer.encode(part.text))
        return
    token = session.tokenizer.special_tokens.get(part.text)
    if token is None:
        raise InputError("This model has no special token {name}. Write it as a text.", name=part.text)
    yield token, author
