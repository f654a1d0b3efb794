"""Which stream of conversations is drawn by whom."""

WORKERS = 2   # training processes, each with a stream of its own; part of the seed's meaning


def seed_of(seed, worker):
    """The seed of a worker's stream; the next number is that of its long conversations and running text."""
    return 1000 * seed + 2 * worker


def tokenizer_seed(seed):
    return seed_of(seed, WORKERS)
