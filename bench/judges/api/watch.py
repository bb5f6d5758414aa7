# Loaded by schemathesis (SCHEMATHESIS_HOOKS): looks at each answer, whatever phase asked, and writes what it saw to the
# file that JUDGE_TALLY names. JUDGE_RULES names a JSON file: what must never be answered, and the closed list of codes.
import atexit
import collections
import json
import os
import re

import schemathesis

with open(os.environ["JUDGE_RULES"], encoding="utf-8") as file:
    RULES = json.load(file)
STATUS_OF = RULES["codes"]
CANARIES = RULES["canaries"]
# Frames of Node's stack traces, and where the program lies.
TRACE = re.compile(r"\n\s+at |node_modules|\.ts:\d|node:internal|SQLSTATE|syntax error at or near")

statuses = collections.defaultdict(collections.Counter)
codes = collections.defaultdict(collections.Counter)
violations = collections.defaultdict(list)
MAX_EXAMPLES = 5


# schemathesis asks for ids that it finds in answers. What would end its own credential, or another run's, goes to the
# object that this route's example names instead.
DESTROYS = re.compile(r"^(disable|end|revoke|terminate|deny|withdraw|reinvite|retire|put)")
IN_USE = re.compile(
    r"^(person|service|application|idp|provider|agreement|basis|issuer)-[0-9a-z-]+$"
    r"|^(admin|app|demo|spare)$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9a-f]{64}$"
)


@schemathesis.hook
def before_call(context, case, kwargs):
    raw = case.operation.definition.raw or {}
    if not DESTROYS.match(raw.get("operationId", "")) or not isinstance(case.path_parameters, dict):
        return
    named = {each["name"]: each.get("example", "nobody") for each in raw.get("parameters", []) if each["in"] == "path"}
    for name, value in list(case.path_parameters.items()):
        if isinstance(value, str) and IN_USE.match(value) and name in named:
            case.path_parameters[name] = named[name]


def note(rule, route, response, detail=""):
    found = violations[rule]
    if len(found) < MAX_EXAMPLES * 20:
        found.append({"route": route, "status": response.status_code, "detail": detail})


def read_code(route, response):
    """The code of a refusal: an RFC 9457 problem, or an error as OpenAI's and OAuth's clients expect it."""
    try:
        body = json.loads(response.text)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    if isinstance(body.get("error"), dict):
        return body["error"].get("code")
    if isinstance(body.get("code"), str):
        return body["code"]
    if body.get("status") != response.status_code:
        return None
    return str(body.get("type", "")).removeprefix("/errors/")


@schemathesis.hook
def after_call(context, case, response):
    route = (case.operation.definition.raw or {}).get("operationId", case.operation.label)
    # Coverage also asks with methods that nobody declared.
    if case.method.upper() != case.operation.method.upper():
        route = "(other methods)"
    status = response.status_code
    statuses[route][str(status)] += 1
    text = response.text or ""
    if status >= 400:
        code = read_code(route, response)
        codes[route][str(code)] += 1
        if code not in STATUS_OF:
            note("refusals without a code of the closed list", route, response, text[:200])
        elif STATUS_OF[code] != status:
            note("codes with another status than theirs", route, response, code)
        if TRACE.search(text):
            note("stack traces", route, response)
        if status >= 500 and [route, code] not in RULES["deliberate"]:
            request = getattr(response, "request", None)
            body = getattr(request, "body", None)
            note("server errors", route, response, f"{code} {case.method} {getattr(request, 'url', '')} {body!r}"[:600])
    answered = text + json.dumps({name: values for name, values in response.headers.items()}, default=str)
    for canary in CANARIES:
        if canary in answered:
            note("leaks", route, response, canary[:12])


@atexit.register
def write():
    with open(os.environ["JUDGE_TALLY"], "w", encoding="utf-8") as file:
        json.dump({"statuses": statuses, "codes": codes, "violations": violations}, file)
