# tries: honest work that imports the course's library for its data
# earns: all
import lmlib
from lmlib import human_numbers

text = human_numbers()
print(len(text), lmlib.__doc__)
