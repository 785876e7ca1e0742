"""How merges built a token, against tokens whose merges are known and against the library that uses them."""

import json
from pathlib import Path

import pytest
import tokenizers

from explorer.errors import InputError
from explorer.text.bpe import trained_bpe
from explorer.text.characters import build_characters
from explorer.text.encodings import load_published
from explorer.text.foreign import ForeignTokenizer
from explorer.text.merge_tree import LONGEST, MergeTree, merge_tree, written_merges
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import huggingface_tokenizer, merges_of
from explorer.text.vocabulary import finished


def tree(tokenizer: Tokenizer, token: int) -> MergeTree:
    return finished(merge_tree(tokenizer, token, written_merges(tokenizer)))


def shape(tree: MergeTree, at: int) -> object:
    """Nested pairs of texts."""
    node = tree.nodes[at]
    return node.data.decode("latin-1") if node.left < 0 else (shape(tree, node.left), shape(tree, node.right))


def test_the_worked_example_as_it_was_learned() -> None:
    """aaabdaaabac: aa, then ab, then aa + ab."""
    found = tree(trained_bpe("aaabdaaabac", 300), 258)
    assert found.how == "ranks" and found.rank == 258
    assert [shape(found, root) for root in found.roots] == [(("a", "a"), ("a", "b"))]
    assert [node.token for node in found.nodes] == [97, 97, 97, 98, 256, 257, 258]


def test_every_learned_token_ends_in_the_pair_that_made_it() -> None:
    tokenizer = trained_bpe("the other mother bothers the others; there, these, then " * 3, 330)
    for token, (left, right) in zip(
        range(256, tokenizer.n_vocab - 1), merges_of(tokenizer.ranks), strict=True
    ):
        found = tree(tokenizer, token)
        (root,) = found.roots
        node = found.nodes[root]
        assert node.token == token and node.data == tokenizer.token_bytes(token)
        assert (found.nodes[node.left].data, found.nodes[node.right].data) == (left, right)


def test_a_list_of_merges_gives_the_same_trees_as_its_ranks() -> None:
    ours = trained_bpe('the other mother bothers «the» others; 中文 中文 "quoted" \\ \\ ' * 3, 340)
    theirs = ForeignTokenizer("theirs", huggingface_tokenizer(ours))
    for token in range(ours.n_vocab - 1):
        by_rank, by_list = tree(ours, token), tree(theirs, token)
        assert by_list.how == "merges"
        assert by_list.nodes == by_rank.nodes and by_list.roots == by_rank.roots
        assert by_list.rank == (token - 256 if token >= 256 else -1)


def test_a_published_encoding_reaches_its_tokens_and_long_runs_too() -> None:
    tokenizer = load_published("gpt2")
    for text in (" token", "ization", " " * 16, "中", "----------------"):
        for token in tokenizer.encode(text):
            found = tree(tokenizer, token)
            assert len(found.roots) == 1 and found.nodes[found.roots[0]].token == token
            leaves = [node for node in found.nodes if node.left < 0]
            assert b"".join(node.data for node in leaves) == tokenizer.token_bytes(token)


def test_specials_and_vocabularies_without_merges_say_so(tmp_path: Path) -> None:
    trained = trained_bpe("aaabdaaabac", 300)
    assert tree(trained, trained.end_of_text) == MergeTree("special")
    characters = build_characters("abc")
    assert tree(characters, 0) == MergeTree("no merges")
    words = tokenizers.Tokenizer(
        tokenizers.models.Unigram([("<unk>", 0.0), ("a", -1.0), ("aa", -2.0)], 0, False)
    )
    assert tree(ForeignTokenizer("pieces", words), 2).how == "no merges"
    with pytest.raises(InputError):
        tree(trained, 5_000)


def test_a_token_that_no_merge_makes_is_left_in_parts_and_one_too_long_has_no_tree() -> None:
    vocab = {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "a" * (LONGEST + 1): 5}
    model = tokenizers.models.BPE(vocab=vocab, merges=[("a", "b")])
    tokenizer = ForeignTokenizer("odd", tokenizers.Tokenizer(model))
    found = tree(tokenizer, 4)
    assert [shape(found, root) for root in found.roots] == [("a", "b"), "c"]
    assert found.rank == -1
    assert tree(tokenizer, 5).how == "too long"


def test_the_end_of_a_word_belongs_to_its_last_letter() -> None:
    content = {
        "version": "1.0",
        "model": {
            "type": "BPE",
            "end_of_word_suffix": "</w>",
            "vocab": {"h": 0, "i</w>": 1, "hi</w>": 2},
            "merges": [["h", "i</w>"]],
        },
    }
    tokenizer = ForeignTokenizer("clip", tokenizers.Tokenizer.from_str(json.dumps(content)))
    found = tree(tokenizer, 2)
    assert [node.token for node in found.nodes] == [0, 1, 2] and found.rank == 0
