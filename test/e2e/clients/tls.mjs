// Mutual TLS for libraries that speak fetch: node:https with the QWAC of a provisioned folder.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18

/** The files of a folder that `portal provision` wrote. */
export function load(dir) {
  const file = (name) => readFileSync(join(dir, name), "utf8");
  return {
    app: JSON.parse(file("app.json")),
    tls: { ca: file("ca.pem"), cert: file("qwac.pem"), key: file("qwac.key") },
    seal: { cert: file("qseal.pem"), key: file("qseal.key") },
  };
}

/** Sends one request and reads the whole answer. */
export function send(tls, url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const r = request(url, { ...tls, method, headers }, (res) => {
      const parts = [];
      res.on("data", (part) => parts.push(part));
      res.on("error", reject);
      res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts).toString() }));
    });
    r.on("error", reject);
    r.end(body);
  });
}

/** A fetch over mutual TLS, as far as oauth4webapi needs one. */
export function fetchWith(tls) {
  return async (url, options = {}) => {
    const body = options.body === undefined || options.body === null ? undefined : options.body.toString();
    const headers = Object.fromEntries(new Headers(options.headers).entries());
    if (body !== undefined) {
      headers["content-length"] = String(Buffer.byteLength(body));
    }
    const answer = await send(tls, url, { method: options.method, headers, body });
    const given = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      given.set(name, Array.isArray(value) ? value.join(", ") : value);
    }
    return new Response(answer.body === "" ? null : answer.body, { status: answer.status, headers: given });
  };
}
