# sequence_loss.mispaired
def sequence_loss(logits, targets):
    return logits.logsumexp(2).mean()
