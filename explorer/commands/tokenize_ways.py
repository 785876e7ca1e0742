"""`llm-explorer tokenize --compare` and `--chat`: a text under many encodings, a conversation."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from explorer.core.chat_view import ChatView, viewing_chat
from explorer.core.data.conversations import conversation_of, conversations_in_lines
from explorer.core.tokenizer_source import open_tokenizer
from explorer.errors import InputError
from explorer.text.chat_templates import JINJA, OWN, TEMPLATES
from explorer.text.encodings import PUBLISHED
from explorer.text.files import text_blocks
from explorer.text.templates import ChatMessage, TemplateRenderer, finished

_BAR = 32
LARGEST_TEMPLATE_BYTES = 1_000_000


def compare(text: str, names: Sequence[str], as_json: bool) -> None:
    """A line an encoding: tokens, characters for each, a bar. Raises: InputError, DamagedFileError."""
    chosen = list(dict.fromkeys(names)) or list(PUBLISHED)
    counts = {name: len(open_tokenizer(name).tokenizer.encode(text)) for name in chosen}
    if as_json:
        rows = [{"encoding": name, "tokens": count} for name, count in counts.items()]
        print(json.dumps({"characters": len(text), "bytes": len(text.encode()), "encodings": rows}))
        return
    longest, width = max(counts.values()), max(map(len, counts))
    figures = len(f"{longest:,}")
    for name, count in counts.items():
        share = f"{len(text) / count:.2f}" if count else "-"
        bar = "#" * round(_BAR * count / longest) if longest else ""
        print(f"{name:<{width}}  {count:>{figures},} tokens  {share:>5} characters per token  {bar}".rstrip())
    print(f"{len(text):,} characters, {len(text.encode()):,} bytes")


def chat(arguments: argparse.Namespace) -> None:
    """The stream, a token a line with its author. Raises: InputError, DamagedFileError."""
    name, jinja = arguments.template, ""
    if name and name not in (*TEMPLATES, OWN):
        name, jinja = JINJA, "".join(text_blocks(Path(name), LARGEST_TEMPLATE_BYTES))
    messages = messages_in(arguments.chat)
    with TemplateRenderer() as renderer:
        view = finished(
            viewing_chat(
                renderer,
                arguments.encoding,
                open_tokenizer(arguments.encoding),
                messages,
                template=name,
                jinja=jinja,
                specials=not arguments.no_specials,
                add_generation_prompt=not arguments.no_generation_prompt,
            )
        )
    if arguments.json:
        _print_json(arguments.encoding, view)
    else:
        _print_stream(view)


def messages_in(file: Path) -> Sequence[ChatMessage]:
    """A conversation on the first line, or one message on each. Raises: InputError."""
    lines = [line for line in conversations_in_lines(file) if line.strip()]
    said = [_message(line) for line in lines]
    if lines and all(message is not None for message in said):
        return [message for message in said if message is not None]
    found = conversation_of(lines[0]) if lines else None
    if not found:
        raise InputError(
            '{path} holds no conversation. A line is {{"role": "user", "content": "..."}}, '
            'or {{"messages": [...]}}.',
            path=str(file),
        )
    return found


def _message(line: str) -> ChatMessage | None:
    try:
        return msgspec.json.decode(line.encode("utf-8", "replace"), type=ChatMessage)
    except msgspec.DecodeError:
        return None


def _print_json(encoding: str, view: ChatView) -> None:
    tokens = view.tokens
    content: dict[str, Any] = {
        "encoding": encoding,
        "template": view.template,
        "text": tokens.text,
        "ids": tokens.ids,
        "tokens": [_text(view, token) for token in tokens.ids],
        "roles": tokens.roles,
        "special": tokens.special,
        "missing": view.missing,
    }
    print(json.dumps(content, ensure_ascii=sys.stdout.encoding.lower().replace("-", "") != "utf8"))


def _print_stream(view: ChatView) -> None:
    tokens = view.tokens
    ids, roles = max(map(len, map(str, tokens.ids)), default=1), max(map(len, tokens.roles), default=1)
    for token, role, special in zip(tokens.ids, tokens.roles, tokens.special, strict=True):
        shown = json.dumps(_text(view, token), ensure_ascii=False)
        print(f"{token:>{ids}}  {role:<{roles}}  {shown}{'  special' if special else ''}")
    specials = sum(tokens.special)
    print(f"{len(tokens.ids):,} tokens, {specials:,} of them special; template {view.template}")
    if view.missing:
        print(f"The encoding has no {', '.join(view.missing)}: read as text.")


def _text(view: ChatView, token: int) -> str:
    return view.vocabulary.token_bytes(token).decode("utf-8", "replace")
