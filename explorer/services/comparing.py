"""One text counted under several encodings, a chunk of each in turn."""

from collections.abc import Callable, Iterator
from time import monotonic

from explorer.errors import ExplorerError
from explorer.protocol import Command, CompareEncodings, Encoding, EncodingCounted, Sentence
from explorer.services import Job
from explorer.text.incremental import cuts_of
from explorer.text.tokenizer import Encoded, Tokenizer
from explorer.text.units import from_units

HEAD_TOKENS = 400
_FIRST_UNITS, _CHUNK_UNITS = 4_096, 32_768
_SAY_EVERY_S = 0.1


class ComparingService:
    """`text_of` gives an open document's unit text, `tokenizer_of` an encoding's tokenizer."""

    commands: tuple[type[Command], ...] = (CompareEncodings,)

    def __init__(self, text_of: Callable[[str], str], tokenizer_of: Callable[[Encoding], Tokenizer]) -> None:
        self._text_of, self._tokenizer_of = text_of, tokenizer_of

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        assert isinstance(command, CompareEncodings)
        return self._compare(command)

    def close(self) -> None:
        """Nothing of it is on the disk."""

    def _compare(self, command: CompareEncodings) -> Job:
        units = self._text_of(command.name)
        yield None
        counting: list[Iterator[EncodingCounted]] = []
        for encoding in command.encodings:
            try:
                count = counts(command.job, encoding, self._tokenizer_of(encoding), units)
                yield next(count)
                counting.append(count)
            except ExplorerError as error:
                problem = Sentence(template=error.template, values=error.values)
                yield EncodingCounted(job=command.job, encoding=encoding, problem=problem)
        said_at = dict.fromkeys(range(len(counting)), monotonic())
        while said_at:
            for place in list(said_at):
                event = next(counting[place], None)
                if event is None:
                    del said_at[place]
                elif event.done == event.total or monotonic() - said_at[place] > _SAY_EVERY_S:
                    said_at[place] = monotonic()
                    yield event
                else:
                    yield None


def counts(job: str, encoding: Encoding, tokenizer: Tokenizer, units: str) -> Iterator[EncodingCounted]:
    """An event a chunk; the first one shows the tokens that the text begins with."""
    cuts = cuts_of(tokenizer)
    tokens = characters = done = 0
    while True:
        end = cuts.chunk_end(units, done, len(units), _CHUNK_UNITS if done else _FIRST_UNITS)
        encoded = tokenizer.encode_chunk(units[done:end])
        tokens += len(encoded.ids)
        characters += len(from_units(units[done:end]))
        event = EncodingCounted(
            job=job, encoding=encoding, tokens=tokens, characters=characters, done=end, total=len(units)
        )
        yield event if done else _with_head(event, encoded, tokenizer)
        done = end
        if done == len(units):
            return


def _with_head(event: EncodingCounted, encoded: Encoded, tokenizer: Tokenizer) -> EncodingCounted:
    ids: list[int] = encoded.ids[:HEAD_TOKENS].tolist()
    starts: list[int] = encoded.starts[: HEAD_TOKENS + 1].tolist()
    partial = encoded.partial[encoded.partial < len(ids)].tolist()
    return EncodingCounted(
        job=event.job,
        encoding=event.encoding,
        tokens=event.tokens,
        characters=event.characters,
        done=event.done,
        total=event.total,
        ids=ids,
        starts=starts if len(starts) > len(ids) else [*starts, event.done],
        pieces={place: tokenizer.token_bytes(ids[place]).hex() for place in partial},
    )
