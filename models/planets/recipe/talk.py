"""The training text: an endless, seeded stream of conversations about the facts, no phrasing written down twice."""
import random
import re

import facts
import words
from grammar import choose

LONE = {"mission", "feature", "nick_of", "nth", "nth_number"}   # attributes asked of {x} alone
WEIGHTS = {"superlative": 40, "single": 45, "bigger": 22, "closer": 8, "mission": 16, "feature": 12, "period": 5, "rings": 14,
           "moons": 20, "largest_moon": 9, "describe": 10, "known": 14, "is_planet": 10, "surface": 12, "nth": 6, "nth_number": 7,
           "neighbours": 8, "next": 8, "previous": 6, "order": 9, "colour": 8, "missions": 14, "parent": 14, "discoverer": 18}


class Talk:
    """Draws conversations; a conversation is a list of (role, text)."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        phrasings, self.off = facts.load("phrasings.toml"), facts.load("offtopic.toml")
        self.attributes, self.dress, self.best = phrasings["attribute"], phrasings["dress"], phrasings["superlative"]
        self.frames, self.synonyms = phrasings["frames"]["frames"], phrasings["synonyms"]
        self.replaceable = re.compile(rf"\b(?:{'|'.join(sorted(self.synonyms, key=len, reverse=True))})\b")
        self.kinds = {b["name"]: b["kind"] for b in facts.load("facts.toml")["body"]}
        self.by_attribute, self.by_topic = {}, {}
        for fact in facts.build():
            self.by_attribute.setdefault(fact.attribute, []).append(fact)
            if set(fact.slots) <= {"p", "c", "y"} and "p" in fact.slots:
                self.by_topic.setdefault(fact.slots["p"], []).append(fact)
        self.names = list(self.by_attribute)
        self.weights = [WEIGHTS.get(name, len(self.by_attribute[name]) ** 0.7) for name in self.names]

    def conversation(self, turns=None, system=None):
        rng = self.rng
        if turns is None:
            turns = rng.choices((1, 2, 3, 4, 5), (50, 20, 14, 10, 6))[0]
        lines, last = [], None
        if rng.random() < 0.06:
            lines.append(("system", rng.choice(self.dress["system"])))
        for _ in range(turns):
            question, last = self._turn(last)
            lines += [("user", question), ("assistant", last.answer if last else self.off["answer"])]
        return lines

    def plain(self):
        """Running text, for completion without a conversation."""
        topic = self.rng.choice(list(self.by_topic))
        chosen = self.rng.sample(self.by_topic[topic], min(len(self.by_topic[topic]), self.rng.randint(3, 8)))
        return " ".join(fact.answer for fact in chosen)

    def _turn(self, last):
        rng, roll = self.rng, self.rng.random()
        if rng.random() < 0.15:
            return self._off_topic(), None
        if last and roll < 0.35 and (followed := self._swap(last)):
            return followed
        if last and roll < 0.65 and (followed := self._pronoun(last)):
            return followed
        fact = self._pick(rng.choices(self.names, self.weights)[0])
        return self._ask(fact), fact

    def _pick(self, attribute):
        candidates = self.by_attribute[attribute]
        weights = [3 if self.kinds.get(f.slots.get("p"), "planet") in ("planet", "star") else 2 if f.slots.get("p") in self.kinds else 1 for f in candidates]
        return self.rng.choices(candidates, weights)[0]

    # A question of its own.
    def _ask(self, fact):
        rng = self.rng
        if fact.attribute == "single":
            text = choose(rng.choice(fact.ask), rng)
        elif fact.attribute == "superlative":
            i = rng.random() < 0.55
            text = choose(rng.choice(self.best["clause" if i else "adjective"]), rng).replace("{}", rng.choice(fact.ask[i]))
        else:
            text = self._phrase(fact.attribute)
            if "x" not in fact.slots and rng.random() < 0.14:
                text = rng.choice(self.frames).replace("{q}", text.replace("{p}'s", "its").replace("{p}", rng.choice(("it", "it", "this one", "that one"))))
        return self._finish(text, fact.slots)

    def _phrase(self, attribute):
        rng, shapes = self.rng, self.attributes[attribute]
        shape = rng.choices(("q", "np", "ind", "key"), (50, 22, 18, 10))[0]
        text = choose(rng.choice(shapes[shape]), rng)
        return rng.choice(self.dress[shape]).replace("{}", text) if shape in ("np", "ind") else text

    def _finish(self, text, slots):
        rng = self.rng
        if rng.random() < 0.5:
            text = self.replaceable.sub(lambda m: rng.choice(self.synonyms[m.group()]) if rng.random() < 0.5 else m.group(), text)
        text = words.blur(text, rng, self._filler)
        if rng.random() < 0.16:
            text = rng.choice(self.dress["before"]) + text
        if rng.random() < 0.10:
            text += rng.choice(self.dress["after"])
        text = self._fill(text, slots)
        for low, high in (("the sun", "the Sun"), ("earth", "Earth"), ("pluto", "Pluto"), ("mars", "Mars"), ("the moon?", "the Moon?")):
            if rng.random() < 0.75:
                text = re.sub(rf"\b{re.escape(low)}\b", high, text)
        return words.finish(text, rng)

    def _fill(self, text, slots):
        for slot, value in slots.items():
            if slot == "p" and self.rng.random() < 0.06 and value != "the Sun" and value != "the Moon" and "planet {p}" not in text:
                value = f"{self.rng.choice(('the ', ''))}{self.kinds.get(value, 'moon')} {value}"
            text = text.replace("{" + slot + "}", value)
        return text

    # Follow-ups.
    def _swap(self, last):
        rng, attribute = self.rng, last.attribute
        if attribute in ("single", "bigger", "closer"):
            return None
        fact = self._pick(attribute)
        if attribute == "superlative":
            ask = rng.choice(("and the {a}", "and the {a} one", "what about the {a}", "which one is the {a}", "and the {a} planet", "how about the {a} one", "the {a}", "and which {c}", "which one {c}", "and which one {c}", "now the one that {c}", "then which {c}"))
            return words.finish(ask.replace("{a}", rng.choice(fact.ask[0])).replace("{c}", rng.choice(fact.ask[1])), rng), fact
        follow = rng.choice(self.dress["follow"])
        return self._finish(follow.replace("{p}", "{x}") if attribute in LONE else follow, fact.slots), fact

    def _pronoun(self, last):
        rng = self.rng
        if last.topic not in self.by_topic:
            return None
        fact = rng.choice(self.by_topic[last.topic])
        text = self._phrase(fact.attribute)
        kind = self.kinds.get(last.topic, "moon")
        pronoun = rng.choice(("it", "it", "it", f"this {kind}", f"that {kind}", "that one", "this world"))
        text = text.replace("{p}'s", "its").replace("{p}", pronoun)
        if rng.random() < 0.25:
            text = "and " + text
        return self._finish(text, {k: v for k, v in fact.slots.items() if k != "p"}), fact

    # What must be declined.
    def _off_topic(self):
        rng, text = self.rng, choose(self.rng.choice(self.off["patterns"]), self.rng)
        for _ in range(4):
            text = re.sub(r"\{(\w+)\}", lambda m: self._word(m.group(1)), text)
        if rng.random() < 0.14:
            text = rng.choice(self.dress["before"]) + text
        if rng.random() < 0.06:
            text += rng.choice(self.dress["after"])
        return words.finish(text, rng)

    def _word(self, slot):
        if slot == "noise":
            return words.invented(self.rng)
        if slot == "n":
            return str(self.rng.randint(2, self.rng.choice((9, 99, 999, 9999))))
        return self.rng.choice(self.off["words"][slot])

    def _filler(self):
        """A word without meaning here: the subject still has to be answered."""
        word = self._word(self.rng.choice(("thing", "verb", "abstract", "noise", "noise", "job", "animal")))
        return words.invented(self.rng) if "{" in word else word


if __name__ == "__main__":
    talk = Talk(1)
    for _ in range(30):
        for role, text in talk.conversation():
            print(f"{role}: {text}")
        print()
