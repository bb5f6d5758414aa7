"""Writes strings with the pieces that Python's tokenizers cuts them into: the outside judge of packages/tagger's WordPiece.

python word_piece.py VOCABULARY COUNT SEED: one line of JSON each, {"text", "pieces": [[id, start, end], ...]}, offsets in UTF-16 units.
Needs the package `tokenizers` (vectors in test-data were made with 0.23.3).
"""

import json
import random
import sys
import unicodedata

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

SCRIPTS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x180, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x58F),
    (0x5D0, 0x5F4), (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF),
    (0x2000, 0x206F), (0x2070, 0x218F), (0x2190, 0x23FF), (0x3040, 0x30FF), (0x4E00, 0x4FFF), (0xAC00, 0xAD00),
    (0xF900, 0xF9FF), (0xFB00, 0xFB4F), (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F300, 0x1F6FF), (0x20000, 0x20100),
]
CONTROLS = "\x00\x01\x07\x0b\x0c\x1b\x7f\x85\xad\u200b\u200c\u200d\u200e\u2028\u2029\u2060\ufeff\ufffd\ufffe\ue000"
SPACES = [" ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "\u3000"]
MARKS = ".,;:/-#()'\"[]{}<>@&*+=_|\\^`~%$!?\u2019\u2013\u00b0\u00b5"
EMOJI = ["\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f1fa\U0001f1f8"]
ODD = ["\u0130", "\u0131", "\u00df", "\u1e9e", "\ufb01n", "\ufb03", "\u01c5", "\u03a3\u03c2", "\u00c5", "\u212b", "\u2126", "\u0344", "\u0958",
       "\u1e69\u0323", "[SEP]", "[MASK]", "[CLS]", "[UNK]", "##ing", "##", "o\u0308\u0323", "\u226f", "\u2260", "\u00bd", "\u2075"]


def word(rng, vocabulary):
    kind = rng.randrange(12)
    if kind < 4:
        glued = "".join(rng.choice(vocabulary).removeprefix("##") for _ in range(rng.randint(1, 3)))
        return rng.choice([glued, glued.upper(), glued.title(), unicodedata.normalize("NFD", glued), unicodedata.normalize("NFC", glued)])
    if kind == 4:
        return "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 12)))
    if kind == 5:
        return "".join(rng.choice("0123456789abcXYZ" + MARKS) for _ in range(rng.randint(1, 12)))
    if kind == 6:
        low, high = rng.choice(SCRIPTS)
        made = "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 8)))
        return rng.choice([made, unicodedata.normalize("NFD", made)])
    if kind == 7:
        return rng.choice(EMOJI)
    if kind == 8:
        return rng.choice(ODD)
    if kind == 9:
        base = rng.choice(vocabulary).removeprefix("##")
        at = rng.randint(0, len(base))
        return base[:at] + rng.choice(CONTROLS) + base[at:]
    if kind == 10:
        base = rng.choice(vocabulary)
        return base + "".join(chr(rng.randint(0x300, 0x33F)) for _ in range(rng.randint(1, 3)))
    if rng.random() < 0.2:
        return (rng.choice(vocabulary).removeprefix("##") * 60)[: rng.randint(95, 105)]
    return anywhere(rng)


def anywhere(rng):
    while True:
        point = rng.randint(0, 0x10FFFF)
        if not 0xD800 <= point <= 0xDFFF:
            return chr(point)


def main():
    path, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")[:-1]
    tokenizer = Tokenizer(WordPiece({piece: i for i, piece in enumerate(lines)}, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    rng = random.Random(seed)
    vocabulary = [piece for piece in lines if not piece.startswith("[")]
    for _ in range(count):
        text = "".join(word(rng, vocabulary) + (rng.choice(SPACES) if rng.random() < 0.7 else "") for _ in range(rng.randint(1, 8)))
        units = [0]
        for character in text:
            units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
        encoded = tokenizer.encode(text, add_special_tokens=False)
        pieces = [[i, units[a], units[b]] for i, (a, b) in zip(encoded.ids, encoded.offsets)]
        print(json.dumps({"text": text, "pieces": pieces}, separators=(",", ":")))


main()
