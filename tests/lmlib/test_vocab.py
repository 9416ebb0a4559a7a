import pytest
import torch

from lmlib import Vocab


def test_ids_are_places_in_order_of_first_appearance():
    vocab = Vocab.from_tokens(["b", "a", "b", "c", "a"])
    assert vocab.words == ["b", "a", "c"]
    assert vocab.encode(["c", "b"]).tolist() == [2, 0]
    assert vocab.decode(torch.tensor([[1, 2]])) == vocab.decode([1, 2]) == "a c"


def test_rare_words_become_unk():
    vocab = Vocab.from_tokens(["a", "b", "a", "c", "a", "b"], min_freq=2, unk="<unk>")
    assert vocab.words == ["<unk>", "a", "b"]
    assert vocab.encode(["c", "zebra", "b"]).tolist() == [0, 0, 2]


def test_encode_gives_int64_also_for_nothing():
    vocab = Vocab(["a"])
    assert vocab.encode([]).dtype == vocab.encode(["a"]).dtype == torch.int64


def test_an_unknown_word_is_named():
    with pytest.raises(KeyError, match=r"million.*1 others"):
        Vocab(["one"]).encode(["one", "million"])


@pytest.mark.parametrize("ids", [[2], [-1]])
def test_an_id_outside_says_the_allowed_range(ids):
    with pytest.raises(IndexError, match=r"ids 0 to 1"):
        Vocab(["a", "b"]).decode(ids)


@pytest.mark.parametrize(
    ("words", "unk", "message"),
    [([], None, "at least one"), (["a", "a"], None, "'a' more than once"), (["a"], "u", "unk")],
)
def test_bad_vocabularies(words, unk, message):
    with pytest.raises(ValueError, match=message):
        Vocab(words, unk)


def test_min_freq_needs_unk():
    with pytest.raises(ValueError, match="unk"):
        Vocab.from_tokens(["a"], min_freq=2)
    with pytest.raises(ValueError, match="min_freq is 0"):
        Vocab.from_tokens(["a"], min_freq=0)


def test_a_string_is_not_a_list_of_words():
    with pytest.raises(TypeError, match="split"):
        Vocab(["a"]).encode("a")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Vocab("abc"), "words are one string"),
        (lambda: Vocab(["a", None]), "words hold None"),
        (lambda: Vocab({"a", "b"}), "words are a set, which has no order"),
        (lambda: Vocab.from_tokens("abc"), "tokens are one string"),
        (lambda: Vocab.from_tokens(None), "tokens are None"),
        (lambda: Vocab.from_tokens(["a"], min_freq=1.5), "min_freq is 1.5"),
        (lambda: Vocab.from_tokens(["a"], unk=5), "unk is 5; it must be a string"),
        (lambda: Vocab(["a", "u"], "u").encode([1]), "tokens hold 1"),
        (lambda: Vocab(["a"]).decode("a"), "ids are 'a'; they must be whole numbers"),
        (lambda: Vocab(["a"]).decode(torch.tensor([0.5])), "they must be whole numbers"),
        (lambda: Vocab(["a"]).decode(0), "ids are 0"),
    ],
)
def test_wrong_types_are_named(as_a_user, call, message):
    with pytest.raises(TypeError, match=message):
        call()
