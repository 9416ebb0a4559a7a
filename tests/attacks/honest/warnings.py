# tries: honest work that warns in a cell and in every call
# earns: all
import warnings

warnings.warn("I like warnings", stacklevel=1)
warnings.simplefilter("error")


def forward(self, x, right=Dropout.forward):
    try:
        warnings.warn("dropping", stacklevel=1)
    except UserWarning:
        pass
    return right(self, x)


Dropout.forward = forward
# %%
import warnings

warnings.simplefilter("always")
torch.tensor(torch.ones(1))
