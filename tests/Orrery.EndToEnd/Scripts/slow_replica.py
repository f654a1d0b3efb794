"""An OpenAI-shaped server that streams slowly: a chunk every 100 ms, forever or for as many as max_tokens says.

usage: slow_replica.py PORT [deaf|patient]      with "deaf" it ignores TERM and starts a child that does so too,
                                                with "patient" it finishes its answers after TERM
"""
import http.server
import json
import os
import signal
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, form, *values):
        print(form % values, flush=True)

    def do_GET(self):
        self.answer({"status": "ok"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        count = asked.get("max_tokens") or 10_000
        if not asked.get("stream"):
            self.answer({"id": "c", "object": "text_completion", "model": asked.get("model"),
                         "choices": [{"index": 0, "text": "x" * count, "finish_reason": "length"}]})
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for i in range(count):
            self.event(json.dumps({"id": "c", "object": "text_completion", "pid": os.getpid(),
                                   "choices": [{"index": 0, "text": f"{i} ", "finish_reason": None}]}))
            time.sleep(0.1)
        self.event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def event(self, text):
        piece = f"data: {text}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.flush()

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if len(sys.argv) > 2 and sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        while True:
            time.sleep(60)

print("slow replica starts", flush=True)
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
if len(sys.argv) > 2 and sys.argv[2] == "patient":
    server.daemon_threads = False
    # A connection that nobody asks on would keep its thread.
    Handler.timeout = 1
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
