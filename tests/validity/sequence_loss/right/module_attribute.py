import torch
import torch.nn.functional as F


loss_function = torch.nn.CrossEntropyLoss(reduction="mean")


def sequence_loss(logits, targets):
    return loss_function(logits.reshape(-1, logits.size(-1)), targets.reshape(-1))
