// Message signing with the npm package http-signature, which knows nothing of this bank.
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import httpSignature from "http-signature";

/** keyId as the interface wants it: the serial number in hex, the issuer most specific first, blanks percent-coded. */
export function keyId(pem) {
  const cert = new X509Certificate(pem);
  const issuer = cert.issuer.split("\n").reverse().join(",").replaceAll(" ", "%20");
  return `SN=${cert.serialNumber.toLowerCase()},CA=${issuer}`;
}

/** The headers of a signed request: an id of its own, the digest, the certificate, the signature. */
export function signed(seal, body = "", conditional = {}) {
  const headers = {
    "x-request-id": randomUUID(),
    digest: "SHA-256=" + createHash("sha256").update(body).digest("base64"),
    ...conditional,
  };
  let signature;
  httpSignature.sign(
    {
      getHeader: (name) => (name === "Date" ? "unused" : headers[name.toLowerCase()]),
      setHeader: (_, value) => { signature = value.replace(/^Signature /, ""); },
    },
    { key: seal.key, keyId: keyId(seal.cert), algorithm: "rsa-sha256", headers: Object.keys(headers) },
  );
  return {
    ...headers,
    signature,
    "tpp-signature-certificate": seal.cert.replace(/-----[^-]+-----|\s/g, ""),
  };
}
