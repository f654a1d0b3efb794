// Runs the checks of one client in order and prints a line for each: "ok NAME", or "failed NAME: why".
// usage of the scripts beside: node CLIENT.mjs GATEWAY KEY MODEL, in a folder that has node_modules
import http from 'node:http';

export const [gateway, key, model] = process.argv.slice(2);

export async function run(checks) {
  let failed = false;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (e) {
      failed = true;
      console.log(`failed ${name}: ${String(e?.stack ?? e).replaceAll('\n', ' | ')}`);
    }
  }
  process.exit(failed ? 1 : 0);
}

/** A gateway in front of the gateway that breaks the first connection, and then passes everything on. */
export async function breakingOnce() {
  let asked = 0;
  const server = http.createServer((request, response) => {
    if (++asked === 1) {
      request.socket.destroy();
      return;
    }
    const onward = http.request(new URL(request.url, gateway), { method: request.method, headers: { ...request.headers, host: new URL(gateway).host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { address: `http://127.0.0.1:${server.address().port}`, asked: () => asked, close: () => server.close() };
}
