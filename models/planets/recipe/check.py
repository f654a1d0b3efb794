"""Fails if the template of a held-out question occurs in the training text, whatever stands in its slots.

Run by itself it reads, before training, the streams that training will draw from; train.py asks about every
conversation again and leaves out what chance makes. Both sides are compared in lower case and without punctuation, a
slot matches any one to four words, and a template is also found inside a longer question.
"""
import argparse
import json
import re

import facts
from seeds import WORKERS, seed_of
from talk import Talk

NOT_WORD = re.compile(r"[^a-z0-9à-ÿ{}]+")
SLOT = re.compile(r"\{\w+\}")


def plain(text):
    return NOT_WORD.sub(" ", text.lower().replace("'", "")).strip()


def pattern(template):
    """What to look for: the template's words in order, any one to four words in each slot."""
    parts = (re.escape(plain(part)).replace(r"\ ", " ") for part in SLOT.split(template))
    return r"(?:\S+ ){0,3}\S+".join(p and (f" {p} " if p else " ") for p in parts).strip() if "{" in template else re.escape(plain(template))


class HeldOut:
    """What must not be trained on."""

    def __init__(self):
        with open(facts.ROOT / "heldout/questions.jsonl", encoding="utf-8") as file:
            self.templates = sorted({json.loads(line)["template"] for line in file})
        self._either = re.compile("|".join(rf"\b{pattern(t)}\b" for t in self.templates))

    def found(self, conversation):
        """The user's texts in which a held-out template occurs."""
        return [text for role, text in conversation if role == "user" and self._either.search(plain(text))]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--conversations", type=int, default=80_000, help="of each stream; training by default draws about 63,000")
    arguments = arguments.parse_args()
    heldout, found = HeldOut(), []
    for worker in range(WORKERS):
        talk = Talk(seed_of(arguments.seed, worker))
        found += [text for _ in range(arguments.conversations) for text in heldout.found(talk.conversation())]
    for text in found[:20]:
        print(f"a held-out template occurs in the training question {text!r}")
    print(f"{WORKERS} streams of {arguments.conversations} conversations, {len(heldout.templates)} held-out templates: {len(found)} occurrences")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
