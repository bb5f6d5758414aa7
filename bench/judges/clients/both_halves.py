"""Unmodified clients against the gateway, whole and streamed, with a tool: what the caller sent comes back, what the model
brought does not. Prints a line each; exit status 1 when one does not hold."""

import json
import os
import ssl
import sys

import anthropic
import openai
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

ORIGIN, KEY, CA = (os.environ[name] for name in ("JUDGE_ORIGIN", "JUDGE_KEY", "JUDGE_CA"))
NOTE = "Patient: Maribel Quintanilla, MRN 4482913. Look the record of Maribel up."
OWN = ("Maribel", "Quintanilla", "4482913")
BROUGHT = ("John Smith", "078-05-1120")
SCHEMA = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
TRUST = ssl.create_default_context(cafile=CA)
failures = 0


def check(name, ask):
    global failures
    try:
        text, who = ask()
        wrong = [f"{each!r} did not come back" for each in OWN if each not in text]
        wrong += [f"{each!r} reached the caller" for each in BROUGHT if each in text]
        wrong += [] if who in OWN else ["the tool was not called with the caller's own value"]
    except Exception as error:  # Whatever a client does not understand is a failure of the gateway.
        wrong = [f"{type(error).__name__}: {error}"]
    print(f"{'FAIL' if wrong else 'ok  '} {name}{': ' if wrong else ''}{'; '.join(wrong)}")
    failures += bool(wrong)


oai = openai.OpenAI(base_url=f"{ORIGIN}/v1", api_key=KEY, max_retries=0, http_client=openai.DefaultHttpxClient(verify=TRUST))
CHAT = {
    "model": "scripted",
    "messages": [{"role": "user", "content": NOTE}],
    "tools": [{"type": "function", "function": {"name": "look_up", "parameters": SCHEMA}}],
}


def openai_whole():
    message = oai.chat.completions.create(**CHAT).choices[0].message
    return message.content, json.loads(message.tool_calls[0].function.arguments)["who"]


def openai_streamed():
    with oai.chat.completions.stream(**CHAT) as stream:
        for _ in stream:
            pass
        message = stream.get_final_completion().choices[0].message
    return message.content, json.loads(message.tool_calls[0].function.arguments)["who"]


@tool
def look_up(who: str) -> str:
    """Looks a patient up."""
    return who


chain = ChatOpenAI(
    model="scripted",
    base_url=f"{ORIGIN}/v1",
    api_key=KEY,
    max_retries=0,
    http_client=openai.DefaultHttpxClient(verify=TRUST),
    use_responses_api=False,
).bind_tools([look_up])


def langchain_whole():
    answer = chain.invoke(NOTE)
    return answer.text, answer.tool_calls[0]["args"]["who"]


def langchain_streamed():
    whole = None
    for chunk in chain.stream(NOTE):
        whole = chunk if whole is None else whole + chunk
    return whole.text, whole.tool_calls[0]["args"]["who"]


claude = anthropic.Anthropic(
    base_url=f"{ORIGIN}/anthropic", api_key=KEY, max_retries=0, http_client=anthropic.DefaultHttpxClient(verify=TRUST)
)
MESSAGE = {
    "model": os.environ["JUDGE_CLAUDE"],
    "max_tokens": 200,
    "messages": [{"role": "user", "content": NOTE}],
    "tools": [{"name": "look_up", "description": "Looks a patient up.", "input_schema": SCHEMA}],
}


def read_blocks(message):
    text = "".join(block.text for block in message.content if block.type == "text")
    (call,) = (block for block in message.content if block.type == "tool_use")
    return text, call.input["who"]


def anthropic_whole():
    return read_blocks(claude.messages.create(**MESSAGE))


def anthropic_streamed():
    with claude.messages.stream(**MESSAGE) as stream:
        for _ in stream:
            pass
        return read_blocks(stream.get_final_message())


for name, ask in (
    ("openai, whole", openai_whole),
    ("openai, streamed", openai_streamed),
    ("langchain-openai, whole", langchain_whole),
    ("langchain-openai, streamed", langchain_streamed),
    ("anthropic, whole", anthropic_whole),
    ("anthropic, streamed", anthropic_streamed),
):
    check(name, ask)
sys.exit(1 if failures else 0)
