"""The phrasing grammar: "[a|b|]" chooses one alternative (possibly empty, possibly nested); "{name}" is a slot."""
import functools
import re

SPACES = re.compile(r"\s+")


@functools.lru_cache(maxsize=None)
def parse(text):
    """A tuple of parts; a part is a string or a tuple of alternatives, each parsed alike."""
    parts, rest = _sequence(text, 0, top=True)
    assert rest == len(text), f"unbalanced bracket in {text!r}"
    return parts


def _sequence(text, at, top=False):
    parts, literal = [], []
    while at < len(text) and (top or text[at] not in "|]"):
        if text[at] == "[":
            parts.append("".join(literal))
            literal, alternatives = [], []
            while text[at] != "]":
                alternative, at = _sequence(text, at + 1)
                alternatives.append(alternative)
            parts.append(tuple(alternatives))
        else:
            literal.append(text[at])
        at += 1
    parts.append("".join(literal))
    return tuple(parts), at


def choose(text, rng):
    """One random expansion of the grammar text, slots left in place."""
    return SPACES.sub(" ", _choose(parse(text), rng)).strip()


def _choose(parts, rng):
    return "".join(part if isinstance(part, str) else _choose(rng.choice(part), rng) for part in parts)
