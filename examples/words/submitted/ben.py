# %% lines
line_count = "4"
# %% frequencies
def frequencies(words):
    words.sort()
    return sorted(((w, words.count(w)) for w in set(words)), key=lambda pair: (-pair[1], pair[0]))
# %% vocabulary
class UnknownWord(KeyError):
    pass


class Vocabulary:
    words = []

    def add(self, word):
        if word not in self.words:
            self.words.append(word)
        return self.words.index(word)

    def number_of(self, word):
        return self.words.index(word)

    def __len__(self):
        return len(self.words)

    def __getitem__(self, number):
        return self.words[number]
# %% pairs
def pairs(words):
    return [(a, b) for a, b in zip(words, words[1:])]
# %% sample
def sample(words, count):
    return [words[0]] * count
# %% chat
def chat():
    print("Hello", input())
