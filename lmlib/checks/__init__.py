"""Self-checks: the properties that a right solution has, judged by its behaviour alone.

In a notebook, one line shows where you stand::

    from lmlib.checks.dropout import check
    check(Dropout)               # a table: passed, the symptom, or "not written yet"
    check.hint("survivors")      # the next hint for one property; call it again for more
    check.survivors(Dropout)     # one property: prints "passed" or raises an AssertionError
"""

from lmlib.checks.beside import beside, probe
from lmlib.checks.case import Case
from lmlib.checks.expect import close, expect, expect_close, expect_tensor
from lmlib.checks.suite import Suite
from lmlib.checks.symptom import NotWritten, Symptom

__all__ = [
    "Case",
    "NotWritten",
    "Suite",
    "Symptom",
    "beside",
    "close",
    "expect",
    "expect_close",
    "expect_tensor",
    "probe",
]
