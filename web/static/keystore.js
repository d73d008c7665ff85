// The key of a seal as this browser keeps it: it signs, and nobody can take it out again, this page included.

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const wrong = { name: 'RSA-PSS', hash: 'SHA-256' }; // to see what the bank says; a key that is kept signs in one way only

function ask(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('fairway-keys', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('seals');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const request = act(db.transaction('seals', mode).objectStore('seals'));
      request.onsuccess = () => { resolve(request.result); db.close(); };
      request.onerror = () => { reject(request.error); db.close(); };
    };
  });
}

// Keys go by the SHA-256 of their public half, in hex, as the server names them; one for the wrong way has it behind.
const named = (hash, scheme) => (scheme === wrong.name ? `${hash} ${scheme}` : hash);
export const find = (hash, scheme) => ask('readonly', (seals) => seals.get(named(hash, scheme)));
export async function forget(hash) {
  for (const { name } of [algorithm, wrong]) await ask('readwrite', (seals) => seals.delete(named(hash, name)));
}

export async function hashOf(spki) {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', spki));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// keep takes a private key (PKCS #8) in a form that cannot be exported.
export async function keep(hash, pkcs8) {
  for (const way of [algorithm, wrong]) {
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, way, false, ['sign']);
    await ask('readwrite', (seals) => seals.put(key, named(hash, way.name)));
  }
}

export async function sign(key, text) {
  const signature = await crypto.subtle.sign({ name: key.algorithm.name, saltLength: 32 }, key, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

// read finds the private key in the text of a file and names it. PKCS #1, which old tools write, is wrapped into PKCS #8.
export async function read(text) {
  if (text.includes('ENCRYPTED')) throw new Error('This key is encrypted. Write it without a pass phrase first: openssl pkey -in qseal.key -out plain.key');
  const found = /-----BEGIN (RSA )?PRIVATE KEY-----([\s\S]+?)-----END/.exec(text);
  if (!found) throw new Error('This file holds no private key in PEM.');
  try {
    let pkcs8 = Uint8Array.from(atob(found[2].replace(/\s/g, '')), (c) => c.charCodeAt(0));
    if (found[1]) pkcs8 = wrapped(pkcs8);
    const { n, e } = await crypto.subtle.exportKey('jwk', await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']));
    const open = await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e }, algorithm, true, ['verify']);
    return { pkcs8, hash: await hashOf(await crypto.subtle.exportKey('spki', open)) };
  } catch {
    throw new Error('This key cannot be read: it is damaged, or no RSA key.');
  }
}

function wrapped(pkcs1) {
  const long = (n) => [0x82, n >> 8, n & 255];
  const head = [2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0, 4, ...long(pkcs1.length)];
  return new Uint8Array([0x30, ...long(head.length + pkcs1.length), ...head, ...pkcs1]);
}
