"""A llama in PyTorch: RMSNorm, rotary positions (halves rotated, as Hugging Face stores them), grouped queries, SwiGLU, tied embeddings."""
import dataclasses
import math

import torch
from torch import nn
from torch.nn import functional as F


@dataclasses.dataclass(frozen=True)
class Shape:
    vocabulary: int = 1536
    width: int = 160
    layers: int = 5
    heads: int = 5
    kv_heads: int = 1
    hidden: int = 352
    context: int = 1024
    theta: float = 10_000.0
    epsilon: float = 1e-5

    @property
    def head(self):
        return self.width // self.heads


class RMSNorm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(width)), epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


def linear(inputs, outputs, gain=1.0):
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=gain / math.sqrt(inputs))
    return layer


def rotate(x, cosine, sine):
    # x (B, H, T, head)
    a, b = x.chunk(2, -1)
    return torch.cat((a * cosine - b * sine, b * cosine + a * sine), -1)


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        kv = shape.kv_heads * shape.head
        self.input_layernorm = RMSNorm(shape.width, shape.epsilon)
        self.self_attn = nn.ModuleDict({"q_proj": linear(shape.width, shape.width), "k_proj": linear(shape.width, kv),
                                        "v_proj": linear(shape.width, kv), "o_proj": linear(shape.width, shape.width, 0.3)})
        self.post_attention_layernorm = RMSNorm(shape.width, shape.epsilon)
        self.mlp = nn.ModuleDict({"gate_proj": linear(shape.width, shape.hidden), "up_proj": linear(shape.width, shape.hidden),
                                  "down_proj": linear(shape.hidden, shape.width, 0.3)})

    def forward(self, x, cosine, sine, mask):
        x = x + self._attend(self.input_layernorm(x), cosine, sine, mask)
        y = self.post_attention_layernorm(x)
        return x + self.mlp["down_proj"](F.silu(self.mlp["gate_proj"](y)) * self.mlp["up_proj"](y))

    def _attend(self, x, cosine, sine, mask):
        (b, t, _), s, a = x.shape, self.shape, self.self_attn
        heads = lambda y, n: y.view(b, t, n, s.head).transpose(1, 2)   # (B, n, T, head)
        q, k, v = heads(a["q_proj"](x), s.heads), heads(a["k_proj"](x), s.kv_heads), heads(a["v_proj"](x), s.kv_heads)
        q, k = rotate(q, cosine, sine), rotate(k, cosine, sine)
        groups = s.heads // s.kv_heads
        q = (q / math.sqrt(s.head)).reshape(b, s.kv_heads, groups * t, s.head)   # one product for all queries that share a key
        scores = (q @ k.transpose(-1, -2)).view(b, s.heads, t, t) + mask
        y = (scores.softmax(-1).view(b, s.kv_heads, groups * t, t) @ v).view(b, s.heads, t, s.head)
        return a["o_proj"](y.transpose(1, 2).reshape(b, t, s.width))


class Llama(nn.Module):
    """Names of parameters are those of Hugging Face's llama, less the prefix "model."."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embed_tokens.weight, std=0.05)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.width, shape.epsilon)
        rates = shape.theta ** (-torch.arange(0, shape.head, 2) / shape.head)
        angles = torch.outer(torch.arange(shape.context), rates)   # (context, head / 2)
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def forward(self, ids, document=None):
        """The last states (B, T, width) of ids (B, T); document (B, T) numbers what may see each other."""
        t = ids.shape[1]
        seen = torch.ones(t, t, dtype=torch.bool).tril()
        if document is not None:
            seen = seen & (document[:, :, None] == document[:, None, :])
        mask = torch.zeros(seen.shape).masked_fill_(~seen, -1e9).view(-1, 1, t, t)
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, self.cosine[:t], self.sine[:t], mask)
        return self.norm(x)

    def logits(self, states):
        return states @ self.embed_tokens.weight.T

    @torch.no_grad()
    def greedy(self, prompt, end, limit=80):
        """What follows the prompt, up to the token end."""
        ids = list(prompt)
        while len(ids) < len(prompt) + limit:
            ids.append(int(self.logits(self(torch.tensor([ids]))[0, -1]).argmax()))
            if ids[-1] == end:
                break
        return ids[len(prompt):]
