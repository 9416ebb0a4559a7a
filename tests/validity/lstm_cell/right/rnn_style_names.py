import math

import torch
from torch import nn


class LSTMCell(nn.Module):
    """Written from the formulas, one matrix for each arrow, [in, out], as on Wikipedia."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        bound = 1 / math.sqrt(hidden_size)

        def matrix(*shape):
            return nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))

        self.W_i, self.U_i, self.b_i = matrix(input_size, hidden_size), matrix(hidden_size, hidden_size), matrix(hidden_size)
        self.W_f, self.U_f, self.b_f = matrix(input_size, hidden_size), matrix(hidden_size, hidden_size), matrix(hidden_size)
        self.W_o, self.U_o, self.b_o = matrix(input_size, hidden_size), matrix(hidden_size, hidden_size), matrix(hidden_size)
        self.W_c, self.U_c, self.b_c = matrix(input_size, hidden_size), matrix(hidden_size, hidden_size), matrix(hidden_size)

    def forward(self, input, state):
        h_t, c_t = state
        i_t = torch.sigmoid(input @ self.W_i + h_t @ self.U_i + self.b_i)
        f_t = torch.sigmoid(input @ self.W_f + h_t @ self.U_f + self.b_f)
        g_t = torch.tanh(input @ self.W_c + h_t @ self.U_c + self.b_c)
        o_t = torch.sigmoid(input @ self.W_o + h_t @ self.U_o + self.b_o)
        c_t = f_t * c_t + i_t * g_t
        h_t = o_t * torch.tanh(c_t)
        return h_t, (h_t, c_t)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.W = nn.Parameter(torch.randn(input_size, hidden_size * 4) / math.sqrt(hidden_size))
        self.U = nn.Parameter(torch.randn(hidden_size, hidden_size * 4) / math.sqrt(hidden_size))
        self.bias = nn.Parameter(torch.zeros(hidden_size * 4))

    def forward(self, input, state):
        h, c = state
        HS = self.hidden_size
        gates = input @ self.W + h @ self.U + self.bias
        i = torch.sigmoid(gates[:, :HS])
        f = torch.sigmoid(gates[:, HS : HS * 2])
        g = torch.tanh(gates[:, HS * 2 : HS * 3])
        o = torch.sigmoid(gates[:, HS * 3 :])
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)
