# tries: honest work with annotations, dataclasses, typed shapes and a main guard
# earns: all
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor


@dataclass
class Config:
    p: float = 0.5


def masked(x: Float[Tensor, "*any"], größe: float) -> Float[Tensor, "*any"]:
    return x * torch.bernoulli(torch.full_like(x, 1 - größe))


if __name__ == "__main__":
    print(masked(torch.ones(3), Config().p))
