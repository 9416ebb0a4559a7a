import pytest

from lmlib import human_numbers, join_lines, number_name
from lmlib.vocab import Vocab


@pytest.mark.parametrize(
    ("n", "name"),
    [
        (1, "one"),
        (19, "nineteen"),
        (20, "twenty"),
        (21, "twenty one"),
        (100, "one hundred"),
        (115, "one hundred fifteen"),
        (1000, "one thousand"),
        (2010, "two thousand ten"),
        (7042, "seven thousand forty two"),
        (9999, "nine thousand nine hundred ninety nine"),
    ],
)
def test_names(n, name):
    assert number_name(n) == name


@pytest.mark.parametrize("n", [0, -3, 10_000])
def test_a_number_without_a_name_says_which_have_one(n):
    with pytest.raises(ValueError, match=f"{n}.*1 to 9999"):
        number_name(n)


def test_the_published_facts():
    lines = human_numbers()
    tokens = join_lines(lines)
    words = Vocab.from_tokens(tokens).words
    assert (len(lines), len(tokens), len(words)) == (9998, 63_095, 30)
    assert (words[0], words[1], words[29]) == ("one", ".", "thousand")
    assert max(len(line.split()) for line in lines) == 6
    assert not any(line == "eight thousand" for line in lines)


def test_names_are_the_values_they_spell():
    """Read each name back by the grammar of English numbers, written apart from the generator."""
    small = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    small += "fifteen sixteen seventeen eighteen nineteen"
    value = {w: i for i, w in enumerate(small.split(), 1)}
    tens = "twenty thirty forty fifty sixty seventy eighty ninety"
    value |= {w: 10 * i for i, w in enumerate(tens.split(), 2)}
    numbers = []
    for line in human_numbers():
        total = part = 0
        for word in line.split():
            if word == "thousand":
                total, part = total + part * 1000, 0
            elif word == "hundred":
                part *= 100
            else:
                part += value[word]
        numbers.append(total + part)
    assert numbers == [n for n in range(1, 10_000) if n != 8000]


@pytest.mark.parametrize("n", [1.5, "1", True, None])
def test_only_whole_numbers_have_names(as_a_user, n):
    with pytest.raises(TypeError, match=f"n is {n!r}; it must be a whole number"):
        number_name(n)
