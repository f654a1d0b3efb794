"""Byte-level BPE: training, encoding, and tokenizer.json in Hugging Face's form.

Pieces are cut by GPT-2's pattern; its letters and numbers are written here for Python's re, which is the same for all
text that the recipe makes.
"""
import collections
import functools
import json
import re

PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
BEGIN, END, ROLES = "<|begin|>", "<|end|>", ("system", "user", "assistant")
SPECIAL = [BEGIN, END] + [f"<|{role}|>" for role in ROLES]


def _byte_letters():
    """GPT-2's printable stand-in for every byte."""
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    moved = [b for b in range(256) if b not in kept]
    return {**{b: chr(b) for b in kept}, **{b: chr(256 + i) for i, b in enumerate(moved)}}


LETTERS = _byte_letters()


def train(texts, size):
    """The merges, most frequent first, that fill a vocabulary of the given size."""
    counts = collections.Counter(piece for text in texts for piece in PIECES.findall(text))
    words = [([LETTERS[b] for b in piece.encode()], n) for piece, n in sorted(counts.items()) if n > 2]
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, (symbols, n) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += n
            where[pair].add(i)
    merges = []
    while len(merges) < size - len(SPECIAL) - 256:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for i in sorted(where.pop(best)):
            symbols, n = words[i]
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] -= n
            symbols[:] = merge(symbols, best)
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += n
                where[pair].add(i)
        del pairs[best]
    return merges


def merge(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(pair) for pair in merges]
        self.tokens = SPECIAL + [LETTERS[b] for b in range(256)] + ["".join(pair) for pair in self.merges]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.ranks = {pair: i for i, pair in enumerate(self.merges)}
        self.bytes = {letter: b for b, letter in LETTERS.items()}
        self._piece = functools.lru_cache(200_000)(self._encode_piece)

    def encode(self, text):
        return [i for piece in PIECES.findall(text) for i in self._piece(piece)]

    def decode(self, ids):
        return bytes(self.bytes[c] for i in ids if i >= len(SPECIAL) for c in self.tokens[i]).decode("utf-8", "replace")

    def _encode_piece(self, piece):
        symbols = [LETTERS[b] for b in piece.encode()]
        while len(symbols) > 1:
            best = min(zip(symbols, symbols[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            symbols = merge(symbols, best)
        return tuple(self.ids[s] for s in symbols)

    def chat(self, lines):
        """The ids of a conversation as the chat template writes it, and which of them the model is to say."""
        ids, said = [self.ids[BEGIN]], [False]
        for role, text in lines:
            body = self.encode(text) + [self.ids[END]]
            ids += [self.ids[f"<|{role}|>"]] + body
            said += [False] + [role == "assistant"] * len(body)
        return ids, said

    def save(self, path):
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        added = [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i, t in enumerate(SPECIAL)]
        document = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
                    "pre_tokenizer": level, "post_processor": None, "decoder": level,
                    "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                              "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": self.ids, "merges": [" ".join(m) for m in self.merges]}}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
            file.write("\n")


def load(path):
    with open(path, encoding="utf-8") as file:
        return Tokenizer(merge.split(" ") for merge in json.load(file)["model"]["merges"])
