# sequence_loss.input-changed
def sequence_loss(logits, targets):
    return -logits.log_softmax(-1).gather(-1, targets.unsqueeze_(-1)).mean()
