# tries: honest work whose own cells run the checks, hints too
# earns: all
# %%
check(Dropout)
# %%
from lmlib.checks.dropout import check as mine

mine.survivors(Dropout)
mine.hint("survivors")
report = mine(Dropout)
assert report.passed
