"""An OpenAI-shaped server that answers with its version.

usage: versioned_replica.py PORT VERSION [failing]      failing: asked for more than one token, as no probe does, it answers 500
"""
import http.server
import json
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, form, *values):
        print(form % values, flush=True)

    def do_GET(self):
        self.answer(200, {"status": "ok"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if "failing" in sys.argv and asked.get("max_tokens", 2) > 1:
            self.answer(500, {"error": {"message": "broken", "type": "server_error"}})
            return
        self.answer(200, {"id": "c", "object": "text_completion", "model": asked.get("model"),
                          "choices": [{"index": 0, "text": sys.argv[2], "finish_reason": "length"}]})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
