"""The human-numbers corpus: the English names of 1 to 9999, one a line, generated exactly."""

UNITS = """one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen""".split()  # noqa: SIM905
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MISSING = 8000  # the published training file ends at 7999, the validation file starts at 8001


def number_name(n: int) -> str:
    """Return the English name of n in lower case, without "and" and without hyphens.

    >>> number_name(7042)
    'seven thousand forty two'

    Raises TypeError unless n is a whole number, ValueError unless 1 ≤ n ≤ 9999.
    """
    if type(n) is not int:
        raise TypeError(f"n is {n!r}; it must be a whole number")
    if not 1 <= n <= 9999:
        raise ValueError(f"n is {n}; names are defined for 1 to 9999")
    thousands, hundreds, rest = n // 1000, n // 100 % 10, n % 100
    words = [UNITS[thousands - 1], "thousand"] if thousands else []
    if hundreds:
        words += [UNITS[hundreds - 1], "hundred"]
    if rest >= 20:
        words.append(TENS[rest // 10 - 2])
        rest %= 10
    if rest:
        words.append(UNITS[rest - 1])
    return " ".join(words)


def human_numbers() -> list[str]:
    """Return the 9,998 lines of the corpus: the names of 1 to 9999 without 8000.

    The numbers keep their natural order, which is what a language model learns here.
    Source: fast.ai's "Human Numbers" data set, whose two files hold 1–7999 and 8001–9999.
    """
    return [number_name(n) for n in range(1, 10_000) if n != MISSING]
