# tries: hand out sparse, quantised, meta, complex, nested, bit-view and lazy tensors
# earns: 2
import itertools
def kinds(x):
    f = x.detach().float().reshape(-1)
    yield lambda: f.to_sparse()
    yield lambda: torch.quantize_per_tensor(f, 0.1, 0, torch.quint8)
    yield lambda: x.detach().to("meta")
    yield lambda: torch.complex(f, f).conj()
    yield lambda: torch.complex(f, f).conj().imag
    yield lambda: torch.nested.nested_tensor([f, f[:1]])
    yield lambda: f.to_sparse_csr() if f.dim() == 2 else f.to(torch.float8_e4m3fn)
    yield lambda: nn.parameter.UninitializedParameter()
    yield lambda: torch._efficientzerotensor(x.shape)
    yield lambda: x.detach().to_mkldnn() if x.dtype == torch.float32 else f
    yield lambda: torch.empty(0).set_(torch.UntypedStorage(16), 0, (2,), (1,))
    yield lambda: torch.zeros(1).expand(1 << 40)
    yield lambda: torch.zeros((0, 1 << 39, 1 << 20))
    yield lambda: torch._neg_view(f)
    yield lambda: torch.func.vmap(lambda a: a)(f)
    yield lambda: f.as_strided((3, 3), (0, 0))
n = itertools.count()
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
    def forward(self, x):
        all_ = list(kinds(x))
        return all_[next(n) % len(all_)]()
