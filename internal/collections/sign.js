// Signs a request as NextGenPSD2 chapter 12 asks for, in plain JavaScript: the sandboxes of API tools differ in what they
// lend, so nothing is borrowed. Texts are strings of bytes here, one character each.

const fairway = (() => {
  const utf8 = (text) => unescape(encodeURIComponent(text));
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

  function toBase64(bytes) {
    let out = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const n = (bytes.charCodeAt(i) << 16) | ((bytes.charCodeAt(i + 1) || 0) << 8) | (bytes.charCodeAt(i + 2) || 0);
      for (let k = 0; k < 4; k++) out += i * 8 + k * 6 < bytes.length * 8 ? alphabet[(n >> (18 - 6 * k)) & 63] : '=';
    }
    return out;
  }

  function fromBase64(text) {
    let out = '', bits = 0, held = 0;
    for (const c of text.replace(/[^A-Za-z0-9+/]/g, '')) {
      held = ((held << 6) | alphabet.indexOf(c)) & 0xffffff;
      bits += 6;
      if (bits >= 8) { bits -= 8; out += String.fromCharCode((held >> bits) & 255); }
    }
    return out;
  }

  // SHA-256 (FIPS 180-4). Its constants are the fractions of roots of the first primes.
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = primes.map((p) => fraction(Math.cbrt(p)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  function sha256(bytes) {
    const h = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
    let padded = bytes + '\x80';
    while (padded.length % 64 !== 56) padded += '\0';
    for (let i = 7; i >= 0; i--) padded += String.fromCharCode(Math.floor(bytes.length * 8 / 2 ** (8 * i)) % 256);
    for (let at = 0; at < padded.length; at += 64) {
      const w = [];
      let [a, b, c, d, e, f, g, last] = h;
      for (let i = 0; i < 64; i++) {
        if (i < 16) {
          w[i] = 0;
          for (let k = 0; k < 4; k++) w[i] = (w[i] << 8) | padded.charCodeAt(at + 4 * i + k);
        } else {
          const x = w[i - 15], y = w[i - 2];
          w[i] = (w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
        }
        const t1 = (last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [a, b, c, d, e, f, g, last] = [(t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g];
      }
      [a, b, c, d, e, f, g, last].forEach((v, i) => { h[i] = (h[i] + v) | 0; });
    }
    return h.map((v) => String.fromCharCode(v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255)).join('');
  }

  // DER: one element is its tag, its content and, for what is built of others, those.
  function read(bytes, at = 0) {
    const tag = bytes.charCodeAt(at);
    let length = bytes.charCodeAt(at + 1), start = at + 2;
    if (length & 128) {
      const count = length & 127;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes.charCodeAt(start + i);
      start += count;
    }
    return { tag, content: bytes.slice(start, start + length), end: start + length };
  }

  function parts(bytes) {
    const out = [];
    for (let at = 0; at < bytes.length;) { const e = read(bytes, at); out.push(e); at = e.end; }
    return out;
  }

  const hex = (bytes) => [...bytes].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  const number = (bytes) => BigInt('0x' + hex(bytes));
  const body = (pem) => fromBase64(pem.replace(/\\[rn]/g, '').replace(/-----[^-]+-----/g, ''));

  // A private key of RSA, in PKCS#1 or inside PKCS#8.
  function privateKey(pem) {
    if (!/PRIVATE KEY-----/.test(pem) || /ENCRYPTED/.test(pem)) throw new Error('The variable qseal_key holds no private key in PEM without a password: put the text of qseal.key there.');
    let fields = parts(read(body(pem)).content);
    if (fields[1].tag === 0x30) fields = parts(read(fields[2].content).content);
    const [n, , , p, q, dp, dq, qi] = fields.slice(1).map((f) => number(f.content));
    return { n, p, q, dp, dq, qi };
  }

  // Written without literals of BigInt: Bruno reads scripts with a parser that knows none.
  const zero = BigInt(0), one = BigInt(1);

  function power(base, exponent, modulus) {
    let result = one;
    for (base %= modulus; exponent > zero; exponent >>= one) {
      if (exponent & one) result = result * base % modulus;
      base = base * base % modulus;
    }
    return result;
  }

  // RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), by the Chinese remainder theorem.
  function rsa(text, pem) {
    const { n, p, q, dp, dq, qi } = privateKey(pem);
    const size = Math.ceil(n.toString(16).length / 2);
    const info = '3031300d060960864801650304020105000420' + hex(sha256(text));
    const message = BigInt('0x0001' + 'ff'.repeat(size - info.length / 2 - 3) + '00' + info);
    const s1 = power(message, dp, p), s2 = power(message, dq, q);
    const s = s2 + q * ((((s1 - s2) * qi) % p + p) % p);
    return s.toString(16).padStart(2 * size, '0').match(/../g).map((b) => String.fromCharCode(parseInt(b, 16))).join('');
  }

  const names = { '2.5.4.3': 'CN', '2.5.4.5': 'serialNumber', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.10': 'O', '2.5.4.11': 'OU', '2.5.4.97': 'organizationIdentifier' };

  function oid(bytes) {
    const first = bytes.charCodeAt(0), out = [Math.floor(first / 40), first % 40];
    for (let i = 1, n = 0; i < bytes.length; i++) {
      n = n * 128 + (bytes.charCodeAt(i) & 127);
      if (bytes.charCodeAt(i) < 128) { out.push(n); n = 0; }
    }
    return out.join('.');
  }

  // The name of a certificate: its serial number in hex, and its issuer as RFC 2253 writes it, the last part first.
  function keyId(der) {
    const fields = parts(read(read(der).content).content);
    const at = fields[0].tag === 0xa0 ? 1 : 0;
    const issuer = parts(fields[at + 2].content).reverse().map((set) => parts(set.content).map((pair) => {
      const [type, value] = parts(pair.content);
      const text = decodeURIComponent(escape(value.content)).replace(/[,+"\\<>;]/g, '\\$&').replace(/^[# ]| $/g, '\\$&');
      return `${names[oid(type.content)] || oid(type.content)}=${text}`;
    }).join('+')).join(',');
    return `SN=${hex(fields[at].content).replace(/^0+(?=.)/, '')},CA=${issuer.replace(/[% "]/g, (c) => encodeURIComponent(c))}`;
  }

  // A request's id has to be new, not secret; a verifier is better made of the browser's own chance where there is one.
  const random = () => (typeof crypto !== 'undefined' && crypto.getRandomValues ? crypto.getRandomValues(new Uint8Array(1))[0] : Math.floor(Math.random() * 256));
  const randomBytes = (n) => Array.from({ length: n }, () => String.fromCharCode(random())).join('');
  const uuid = () => hex(randomBytes(16)).replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, '$1-$2-4$3-8$4-$5');
  const url = (bytes) => toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

  // sign gives the headers for a body and for those of the request's own headers that are signed where they are sent.
  function sign(text, sent, pem, certificate) {
    if (!/BEGIN CERTIFICATE/.test(certificate)) throw new Error('The variable qseal_certificate holds no certificate in PEM: put the text of qseal.pem there.');
    const der = body(certificate.split('-----END')[0] + '-----');
    const headers = { digest: 'SHA-256=' + toBase64(sha256(utf8(text))), 'x-request-id': uuid() };
    for (const name of ['psu-id', 'psu-corporate-id', 'tpp-redirect-uri']) if (sent[name]) headers[name] = sent[name];
    const list = Object.keys(headers);
    const signature = toBase64(rsa(utf8(list.map((name) => `${name}: ${headers[name]}`).join('\n')), pem));
    return {
      'X-Request-ID': headers['x-request-id'], Digest: headers.digest, 'TPP-Signature-Certificate': toBase64(der),
      Signature: `keyId="${keyId(der)}",algorithm="rsa-sha256",headers="${list.join(' ')}",signature="${signature}"`,
    };
  }

  // pkce makes what an authorisation proves itself with later (RFC 7636).
  function pkce() {
    const verifier = url(randomBytes(48));
    return { code_verifier: verifier, code_challenge: url(sha256(verifier)), state: url(randomBytes(18)) };
  }

  return { sign, pkce, sha256, toBase64, rsa, keyId };
})();
