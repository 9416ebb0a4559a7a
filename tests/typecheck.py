"""The type checker behind the shapes in lmlib's signatures."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a fine float
