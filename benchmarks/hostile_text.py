"""Time dates, attributions and figures on hostile strings: none of 10,000 of up to 20 kB may take 50 ms.

    python benchmarks/hostile_text.py [COUNT]

The strings are made of pieces that look like dates, numbers, names and quotations, some one piece over and over, some
mixed, seeded. Timed are the readers of dates and attributions on the whole text and that of figures on each sentence,
the rules alone, on a text that is split and cut into tokens.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from geo.attribution import find_attributions
from geo.dates import find_dates
from geo.language import RULES_ALONE, load_language
from geo.model import Document
from geo.quantities import find_figures

LONGEST = 20_000  # characters
LIMIT_MS = 50
PROCESSES = 2
PIECES = (
    "1,000 |12 |12,|000|12-|3/4/|5 May |May |Monday |last |the |second |week |of |2014 |Feb. 24|' |a |third of the |"
    "X's |largest |two hundred and |between |$3 |million |, |, told |said |\"|“|Ana Ruiz, | and |3-|4 to |magnitude |"
    "at least |the only |for |years |one |(|)|No. |- |. |according to |km |% |\n|since |until |nineteen |ninety |days |"
    "ago |late |:|since the |shortly after its |start of the |invasion |war |Easter |was |will "
).split("|")


def main(count: int) -> int:
    """Print the slowest of each reader and return 1 where one is over the limit."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = list(pool.map(slowest, range(PROCESSES), [count // PROCESSES] * PROCESSES))
    worst = {name: max(part[name] for part in parts) for name in parts[0]}
    for name, (milliseconds, text) in worst.items():
        print(f"{name:<13} at most {milliseconds:6.1f} ms of {count:,} strings, on {text!r}…")
    return int(any(milliseconds > LIMIT_MS for milliseconds, _ in worst.values()))


def slowest(seed: int, count: int) -> dict[str, tuple[float, str]]:
    """Return for each reader its longest time in milliseconds and the beginning of the string that took it."""
    language, worst = load_language(RULES_ALONE), dict.fromkeys(("dates", "attributions", "figures"), (0.0, ""))
    for text in strings(seed, count):
        document = Document("id", "name", text)
        parsed = language.split(document)
        for sentence in parsed.sentences:
            sentence.doc  # noqa: B018 - cut into tokens before the clock runs
        times = find_dates(document, parsed)
        took = {
            "dates": milliseconds(partial(find_dates, document, parsed)),
            "attributions": milliseconds(partial(find_attributions, parsed)),
            "figures": max((milliseconds(partial(find_figures, s, times)) for s in parsed.sentences), default=0.0),
        }
        worst = {name: max(worst[name], (spent, text[:40])) for name, spent in took.items()}
    return worst


def milliseconds(read: Callable[[], object]) -> float:
    """Return the CPU that a reader takes, the least of three tries where the first is over the limit.

    Only a collection of garbage, or what else the machine does, makes it take longer than it needs.
    """
    took: list[float] = []
    while not took or (min(took) > LIMIT_MS and len(took) < 3):
        began = time.process_time()
        read()
        took.append((time.process_time() - began) * 1000)
    return min(took)


def strings(seed: int, count: int) -> Iterator[str]:
    """Yield hostile strings: one to four pieces over and over, or many in a random order."""
    rng = random.Random(seed)
    for number in range(count):
        length = rng.choice((200, 2_000, LONGEST))
        piece = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 4))) or " "
        if number % 2:
            yield (piece * (length // len(piece) + 1))[:length]
        else:
            yield "".join(rng.choice(PIECES) for _ in range(length // 4))[:length]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
