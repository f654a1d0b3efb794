// Renders templates with @huggingface/jinja.
// stdin:  {"now": "2026-01-31T12:00:00Z", "cases": [{"source": "...", "input": {...}}]}
// stdout: [{"text": "..."} or {"error": "..."}], in the same order
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The packages lie in a cache folder, which is the working folder.
const require = createRequire(process.cwd() + "/");
const { Template } = require("@huggingface/jinja");

const { now, cases } = JSON.parse(readFileSync(0, "utf8"));

// strftime_now asks the clock; a test needs it to stand still.
process.env.TZ = "UTC";
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length > 0 ? parts : [now]));
  }
};

const results = cases.map(({ source, input }) => {
  try {
    return { text: new Template(source).render(input) };
  } catch (error) {
    return { error: String(error.message) };
  }
});
process.stdout.write(JSON.stringify(results));
