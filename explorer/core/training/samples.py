"""What a model writes while it learns, for people to read."""

from collections.abc import Collection, Generator, Sequence

from explorer.core.generate import TokenDrawn, generate, start_ids
from explorer.core.training.learner import Learner
from explorer.protocol import Sample, SamplerSettings
from explorer.text.tokenizer import Tokenizer

TEMPERATURE = 0.8


def write_sample(
    learner: Learner,
    tokenizer: Tokenizer,
    seed: int,
    step: int,
    prompt_ids: Sequence[int] | None = None,
    prompt: str = "",
    end_tokens: Collection[int] | None = None,
) -> Generator[None, None, Sample]:
    """Draw with the run's seed, so that it changes nothing in the run; yields None at each token.

    `prompt_ids`: where to begin (default: with nothing); `prompt` says the same for people. `end_tokens`: at
    which it has said what it has to say (default: the end of a document).
    Raises: DamagedFileError if the weights give no numbers any more.
    """
    settings = SamplerSettings(temperature=TEMPERATURE, seed=seed)
    ids = start_ids(tokenizer, "") if prompt_ids is None else list(prompt_ids)
    length = min(learner.recipe.sample_tokens, learner.recipe.context - len(ids))
    parts: list[str] = []
    facts = generate(
        learner.model, tokenizer, [ids], settings, max_tokens=max(1, length), end_tokens=end_tokens
    )
    for fact in facts:
        parts.append(fact.text)
        if isinstance(fact, TokenDrawn):
            yield None
    return Sample(step=step, text="".join(parts), temperature=TEMPERATURE, prompt=prompt)
