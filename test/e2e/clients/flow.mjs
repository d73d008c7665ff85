// The example flow with the libraries of others: oauth4webapi for OAuth 2.0, http-signature for the messages.
// Usage: node flow.mjs <folder of portal provision>. It prints the address for the customer's browser, reads the address
// with which the browser came back, and ends with a line of JSON that says what was read.
import { createInterface } from "node:readline";
import * as oauth from "oauth4webapi";
import { fetchWith, load, send } from "./tls.mjs";
import { signed } from "./sign.mjs";

const { app, tls, seal } = load(process.argv[2]);
const overTLS = { [oauth.customFetch]: fetchWith(tls) };

const issuer = new URL(app.token_url.replace(/\/token$/, `/sandbox/${app.brand}`));
const discovered = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...overTLS });
const server = await oauth.processDiscoveryResponse(issuer, discovered);
const client = { client_id: app.client_id, use_mtls_endpoint_aliases: true };
const authentication = oauth.ClientSecretBasic(app.client_secret);

const own = await oauth.processClientCredentialsResponse(server, client,
  await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, overTLS));

/** A call to the bank's interface; anything but the expected status ends the program. */
async function call(expected, method, path, token, { body, headers = {} } = {}) {
  const answer = await send(tls, app.api_url + path, {
    method,
    body,
    headers: {
      ...signed(seal, body, headers.conditional),
      "x-api-key": app.api_key,
      authorization: `Bearer ${token}`,
      "psu-ip-address": "192.0.2.9",
      ...(body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
      ...headers.plain,
    },
  });
  if (answer.status !== expected) {
    throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  }
  return answer.body === "" ? undefined : JSON.parse(answer.body);
}

const wish = JSON.stringify({
  access: { allPsd2: "allAccounts" }, recurringIndicator: true, validUntil: "9999-12-31", frequencyPerDay: 4, combinedServiceIndicator: false,
});
const { consentId } = await call(201, "POST", "/consent/v1/consents", own.access_token, {
  body: wish, headers: { conditional: { "psu-id": app.psu_id, "tpp-redirect-uri": app.redirect_uri } },
});

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const visit = new URL(server.authorization_endpoint);
for (const [name, value] of Object.entries({
  response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uri, scope: `AIS:${consentId}`, state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
})) {
  visit.searchParams.set(name, value);
}
console.log(visit.href);
const back = await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));

const parameters = oauth.validateAuthResponse(server, client, new URL(back), state);
const tokens = await oauth.processAuthorizationCodeResponse(server, client,
  await oauth.authorizationCodeGrantRequest(server, client, authentication, parameters, app.redirect_uri, verifier, overTLS));
const read = { headers: { plain: { "consent-id": consentId } } };
const first = await call(200, "GET", "/card-account/v1/card-accounts", tokens.access_token, read);

const fresh = await oauth.processRefreshTokenResponse(server, client,
  await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, overTLS));
const card = first.cardAccounts[0].resourceId;
const { balances } = await call(200, "GET", `/card-account/v1/card-accounts/${card}/balances`, fresh.access_token, read);
await call(204, "DELETE", `/consent/v1/consents/${consentId}`, fresh.access_token);

console.log(JSON.stringify({
  cards: first.cardAccounts.map((c) => c.maskedPan), balances: balances.length, scope: fresh.scope, rotated: fresh.refresh_token !== tokens.refresh_token,
}));
process.exit(0);
