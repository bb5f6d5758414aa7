"""Tells the shim which test of the suite is running, and how it ended. Changes nothing of the suite."""

import json
import os
import urllib.request

import pytest

ADDRESS = os.environ["JUDGE_ADDRESS"]


def tell(path, **said):
    body = json.dumps(said).encode()
    urllib.request.urlopen(urllib.request.Request(f"{ADDRESS}/judge/{path}", data=body)).read()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    tell("begin", test=item.nodeid)


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        tell("end", test=report.nodeid, outcome=report.outcome)
