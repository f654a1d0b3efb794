"""Wear and tear of questions: typos, case, punctuation, invented words. All randomness comes from the caller's generator."""
ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sk sl sm sn sp st str t th tr v w wh z".split()
VOWELS = "a e i o u ai ea ee ie oa oo ou".split()
CODAS = "b ck d ft g l ll lt m mp n nd ng nk nt p pt r rd rk rm rn rt s sh sk ss st t th x".split() + [""] * 12
ENDINGS = ["", "", "", "", "s", "er", "ing", "ed", "ly", "tion", "y", "ness", "ia", "us", "on", "o", "a"]
FUNCTION_WORDS = "a the of is are does do did what which how in on at for to from and or have has its there it that can".split()
FILLERS = "just really exactly currently maybe still also even only ever quite somehow actually perhaps again here then".split()


def invented(rng):
    """A word that is in no dictionary, such as "strobenking"."""
    syllables = (rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(rng.choice((1, 1, 2, 2, 3))))
    word = "".join(syllables) + rng.choice(ENDINGS)
    return word.capitalize() if rng.random() < 0.3 else word


def blur(question, rng, fillers):
    """Changes a word or two that do not carry the meaning, so that no exact wording is needed."""
    words = question.split(" ")
    small = [i for i, word in enumerate(words) if word in FUNCTION_WORDS]
    roll = rng.random()
    if roll < 0.06 and small and len(words) > 4:
        del words[rng.choice(small)]
    elif roll < 0.12 and small:
        words[rng.choice(small)] = rng.choice(FUNCTION_WORDS)
    elif roll < 0.18:
        words.insert(rng.randint(1, len(words)), rng.choice(FILLERS))
    elif roll < 0.24 and len(words) > 3:
        words.insert(rng.randint(1, len(words)), fillers())
    elif roll < 0.27 and small:
        words[rng.choice(small)] = fillers()
    return " ".join(words)


def typo(text, rng):
    """One slip of the keys in one longer word."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return text
    i = rng.choice(long)
    word, at, kind = words[i], rng.randint(1, len(words[i]) - 2), rng.randrange(4)
    if kind == 0:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2:]
    elif kind == 1:
        word = word[:at] + word[at + 1:]
    elif kind == 2:
        word = word[:at] + word[at] + word[at:]
    else:
        word = word[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1:]
    words[i] = word
    return " ".join(words)


def finish(text, rng):
    """Case and closing mark, as people type."""
    if rng.random() < 0.07:
        text = typo(text, rng)
    roll = rng.random()
    if roll < 0.22:
        text = text.lower()
    elif roll < 0.23:
        text = text.upper()
    else:
        text = text[:1].upper() + text[1:]
    roll = rng.random()
    return text + ("?" if roll < 0.65 else "" if roll < 0.82 else "." if roll < 0.93 else " ?" if roll < 0.95 else "!" if roll < 0.97 else "??")
