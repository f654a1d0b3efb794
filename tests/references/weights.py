"""Weights by formula, so that a test in another language can repeat them without a weight file.

For element i (from 0, row-major) of the tensor NAME under a salt:

    seed  = FNV-1a-64 of the UTF-8 bytes of salt + NAME
    z     = seed + (i + 1) * 0x9E3779B97F4A7C15            (modulo 2^64)
    z     = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9           (modulo 2^64; splitmix64's mixing)
    z     = (z ^ (z >> 27)) * 0x94D049BB133111EB
    x     = z ^ (z >> 31)
    u     = (x >> 40) / 2^24                               (in [0, 1))
    value = bfloat16(float32((u - 0.5) * 2 * amplitude + offset))

The formula is computed in float64; bfloat16 rounds to nearest, ties to even. Values are the same in bfloat16, float32 and float64.
"""

import math

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15
MASK = 0xFFFFFFFFFFFFFFFF


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(text, count):
    """float64 [count] in [0, 1), determined by the text."""
    steps = np.arange(1, count + 1, dtype=np.uint64)
    z = np.uint64(fnv1a(text)) + steps * np.uint64(GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x = z ^ (z >> np.uint64(31))
    return (x >> np.uint64(40)).astype(np.float64) / 2**24


def round_to_bfloat16(values):
    """float32 array with the values a bfloat16 can hold."""
    bits = values.astype(np.float32).view(np.uint32)
    bits = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return (bits & np.uint32(0xFFFF0000)).view(np.float32)


def values(tensor, salt):
    """float32 array of the tensor {"name", "shape", "offset", "amplitude"}."""
    u = uniform(salt + tensor["name"], math.prod(tensor["shape"]))
    return round_to_bfloat16((u - 0.5) * 2 * tensor["amplitude"] + tensor["offset"]).reshape(tensor["shape"])


def prompt(salt, length, first, end):
    """`length` token ids in [first, end)."""
    return [first + int(u * (end - first)) for u in uniform(salt + "prompt", length)]


def describe(name, shape, case):
    """How the tensor is filled. The gains keep logits spread (standard deviation 1 to 3) and attention away from flat."""
    def is_(*parts):
        return any(part in name for part in parts)

    offset, amplitude = 0.0, 0.0
    if is_("norm", "Norm") and name.endswith("weight"):
        zero_centred = case.get("zero_centred_norms", False)
        offset = 0.0 if zero_centred else 1.0
        amplitude = 0.25
        if is_("q_norm", "k_norm"):
            offset += 0.5
        # Gemma scales embeddings up, and its output is tied: layers must outweigh them, or every token predicts itself.
        if is_("post_attention", "post_feedforward") and case.get("post_norms", False):
            offset += 2.0
    elif name.endswith("bias"):
        amplitude = 0.3 if is_("q_proj", "k_proj", "v_proj") else 0.1
    elif is_("sinks"):
        amplitude = 1.5
    elif is_("embed", "Embed"):
        tied = case.get("tied", False)
        amplitude = math.sqrt(3 / shape[1]) * case.get("output_gain", 2.0) if tied else 1.0
    else:
        fan_in = shape[1]
        gain = 1.2
        if is_("lm_head"):
            gain = case.get("output_gain", 2.0)
        elif is_("q_proj", "k_proj", "query", "key", "q_lin", "k_lin"):
            gain = 1.5
        elif is_("qkv_proj"):
            gain = 1.4
        elif is_("mlp.gate.weight", "block_sparse_moe.gate", "router"):
            gain = 2.0
        elif is_("down_proj", ".w2.", "output.dense"):
            gain = 1.5
        gain *= next((g for part, g in case.get("gains", {}).items() if part in name), 1.0)
        amplitude = math.sqrt(3 / fan_in) * gain
    return {"name": name, "shape": list(shape), "offset": offset, "amplitude": float(f"{amplitude:.5g}")}
