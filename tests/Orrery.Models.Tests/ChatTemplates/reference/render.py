"""Renders templates with Jinja2, set up as the transformers library does.

stdin:  {"now": "2026-01-31T12:00:00Z", "cases": [{"source": "...", "input": {...}}]}
stdout: [{"text": "..."} or {"error": "..."}], in the same order
"""
import json
import sys
from datetime import datetime

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    """Marks the assistant's part of a conversation; prints it unchanged."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_print"), [], [], body).set_lineno(line)

    def _print(self, caller):
        return caller()


def raise_exception(message):
    raise TemplateError(message)


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def main():
    work = json.load(sys.stdin)
    now = datetime.fromisoformat(work["now"].replace("Z", "+00:00")).replace(tzinfo=None)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    environment.filters["tojson"] = to_json
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = now.strftime

    results = []
    templates = {}
    for case in work["cases"]:
        source = case["source"]
        try:
            if source not in templates:
                templates[source] = environment.from_string(source)
            results.append({"text": templates[source].render(**case["input"])})
        except Exception as error:  # a template may do anything
            results.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(results, sys.stdout)


main()
