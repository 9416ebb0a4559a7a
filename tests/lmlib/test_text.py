import pytest

from lmlib import Vocab, load_text
from lmlib.text import numericalize, read_text, tokenize


def test_tokens_are_words_and_marks_in_lower_case():
    expected = ["don't", "panic", ",", "ångström", "42", "!", "<eos>", "b", "<eos>"]
    assert tokenize("Don't panic, Ångström 42!\n\n  B") == expected


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    (tmp_path / "b.txt").write_text("two", encoding="utf-8")
    (tmp_path / "a.txt").write_text("one ö", encoding="utf-8")
    (tmp_path / "c.md").write_text("not this", encoding="utf-8")
    ids, vocab = load_text(tmp_path)
    assert vocab.decode(ids) == "one ö <eos> two <eos>"
    assert load_text(tmp_path / "a.txt")[1].words == ["<unk>", "one", "ö", "<eos>"]


def test_rare_words_and_a_vocabulary_from_elsewhere():
    ids, vocab = numericalize(["a", "b", "a", "c", "a", "b"], min_freq=2)
    assert vocab.decode(ids) == "a b a <unk> a b"
    ids, same = numericalize(["a", "x"], vocab=vocab)
    assert same is vocab
    assert ids.tolist() == [vocab.words.index("a"), 0]


def test_what_cannot_be_read_says_why(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path / "nothing.txt")
    with pytest.raises(FileNotFoundError, match=r"no file that matches '\*.txt'"):
        read_text(tmp_path)
    (tmp_path / "empty.txt").write_text(" \n")
    with pytest.raises(ValueError, match="no text"):
        read_text(tmp_path)
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    with pytest.raises(ValueError, match="UTF-8"):
        read_text(tmp_path / "latin.txt")


def test_a_byte_order_mark_is_no_word(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("\ufeffhello", encoding="utf-8")
    assert tokenize(read_text(tmp_path)) == ["hello", "<eos>"] * 2


def test_a_folder_with_other_things_in_it(tmp_path):
    (tmp_path / "sub.txt").mkdir()
    (tmp_path / "a.txt").write_text("hello")
    assert read_text(tmp_path) == "hello"
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"b\.txt is not UTF-8"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don’t — l’été", ["don't", "—", "l'été"]),
        ("cafe\u0301", ["caf\u00e9"]),  # an accent of its own joins its letter
        ("İstanbul", ["i\u0307stanbul"]),
        ("हिन्दी में", ["हिन्दी", "में"]),  # vowel signs belong to the word
        ("‘so’ 'so'", ["‘", "so", "'", "'", "so", "'"]),
        ("a <unk> b", ["a", "<unk>", "b"]),
        ("a <eos> b", ["a", "<", "eos", ">", "b"]),  # <eos> itself only ends a line
        ("snake_case 3.14", ["snake_case", "3", ".", "14"]),
    ],
)
def test_one_word_has_one_spelling(text, tokens):
    assert tokenize(text) == [*tokens, "<eos>"]


def test_unknown_words_in_the_text_are_the_unknown_word():
    ids, vocab = numericalize(tokenize("a <unk> b"))
    assert vocab.words == ["<unk>", "a", "b", "<eos>"]
    assert ids.tolist() == [1, 0, 2, 3]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tokenize(b"abc"), TypeError, "text is b'abc'; it must be a string"),
        (lambda: numericalize([]), ValueError, "there are no tokens"),
        (lambda: numericalize("abc"), TypeError, "one string"),
        (lambda: numericalize(["a"], vocab=["a"]), TypeError, "it must be a Vocab"),
        (lambda: numericalize(["a"], 2, Vocab(["a"])), ValueError, "min_freq is 2, but the vocab"),
        (lambda: numericalize(["a"], 0), ValueError, "min_freq is 0"),
        (lambda: read_text(""), ValueError, "path is empty"),
        (lambda: read_text("/no/such/file"), FileNotFoundError, "no file or folder /no/such/file"),
        (lambda: read_text(".", pattern=3), TypeError, "pattern is 3"),
    ],
)
def test_bad_input_is_named(as_a_user, call, error, message):
    with pytest.raises(error, match=message):
        call()
