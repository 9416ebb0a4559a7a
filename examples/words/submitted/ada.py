# %% lines
line_count = sum(1 for _ in open("poem.txt"))
# %% frequencies
from collections import Counter


def frequencies(words):
    return [(w, n) for w, n in sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))]
# %% vocabulary
class UnknownWord(Exception):
    def __str__(self):
        return f"never seen: {self.args[0]}"


class Vocabulary(list):
    def add(self, word):
        if word not in self:
            self.append(word)
        return self.index(word)

    def number_of(self, word):
        try:
            return self.index(word)
        except ValueError:
            raise UnknownWord(word)
# %% pairs
def pairs(words):
    yield from zip(words, words[1:])
# %% sample
def sample(words, count):
    print("drawing", count)
    return np.random.choice(words, size=count).tolist()
# %% chat
def chat():
    name = input()
    print("Hello, " + name + "!")
