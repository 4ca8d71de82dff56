"""Texts as support cases have them: words by Zipf's law, a few very common, most of them rare."""

import random
from itertools import accumulate

COMMON = "please"
"""In nearly every text."""
PAIR = "login invoice"
"""Two words that are common by themselves (each in about one text of eight) and rarer together."""
RARE = "zirconium"
"""In about RARE_CASES texts, however many cases there are."""
RARE_CASES = 12
SMALL_SHARE = 20_000

_SUPPORT = """
please the to and we is not our after since when from with cannot error customer account service server request
database connection timeout failed update version user password access cluster instance storage network region
login invoice billing payment contract license upgrade certificate domain address email message report export
import backup restore disk memory latency slow outage alert monitor dashboard console portal token key secret role
permission policy quota limit order subscription refund credit debit loan balance statement card transfer charge
dispute identity document signature form field value missing wrong duplicate expired invalid unknown unexpected
response status code reset retry queue job worker schedule calendar timezone language translation mobile browser
desktop printer router gateway firewall proxy tunnel balancer container image registry pipeline deployment release
rollback migration schema index query table column record entry attachment file folder upload download archive
"""
_ONSETS = ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "dr", "gr", "pl", "st")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "io", "ou")
_ENDINGS = ("", "l", "m", "n", "r", "s", "t", "nd", "rk", "st", "x")


def _invented(count: int) -> list[str]:
    """Return words that nobody uses; the long tail of product names, hosts and typing errors."""
    chance = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = chance.choice((2, 2, 3))
        word = "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(syllables))
        found[word + chance.choice(_ENDINGS)] = None
    return list(found)


_WORDS = [*_SUPPORT.split(), *_invented(20_000)]
_WEIGHTS = list(accumulate(1 / (rank + 2.7) for rank in range(len(_WORDS))))


class Texts:
    """Texts of one stream of chance: the same seed makes the same texts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def words(self, count: int) -> list[str]:
        """Return words as people write them."""
        return self.chance.choices(_WORDS, cum_weights=_WEIGHTS, k=count)

    def subject(self) -> str:
        """Return the subject of a case."""
        return " ".join(self.words(self.chance.randint(3, 9))).capitalize()

    def description(self, *, rare: bool = False) -> str:
        """Return the description of a case: forty words at the median, a few hundred at most."""
        words = self.words(min(300, max(8, round(self.chance.lognormvariate(3.7, 0.6)))))
        if rare:
            words.append(RARE)
        return self._sentences(words)

    def comment(self) -> str:
        """Return a comment."""
        return self._sentences(self.words(min(200, max(3, round(self.chance.lognormvariate(3.0, 0.7))))))

    def _sentences(self, words: list[str]) -> str:
        pieces, at = [], 0
        while at < len(words):
            length = self.chance.randint(5, 14)
            pieces.append(" ".join(words[at : at + length]).capitalize() + ".")
            at += length
        return " ".join(pieces)
