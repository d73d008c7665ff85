// Keys that are made in this browser: two key pairs and their certificate signing requests (RFC 2986). The requests are
// sent; the private keys are saved as files here, and the seal's stays for signing where that is wished.

// --- DER, as much of it as a request needs

const der = (tag, ...parts) => {
  const body = parts.flatMap((part) => [...part]);
  const size = [];
  for (let n = body.length; n; n >>= 8) size.unshift(n & 255);
  return [tag, ...(body.length < 128 ? [body.length] : [0x80 | size.length, ...size]), ...body];
};
const seq = (...parts) => der(0x30, ...parts);
const utf8 = (text) => der(0x0c, new TextEncoder().encode(text));
const oid = (text) => {
  const [first, second, ...rest] = text.split('.').map(Number);
  return der(6, [first * 40 + second], rest.flatMap((arc) => {
    const out = [arc & 127];
    while ((arc = Math.floor(arc / 128))) out.unshift((arc & 127) | 128);
    return out;
  }));
};
const extension = (id, value, ...critical) => seq(oid(id), ...critical, der(4, value));
const critical = der(1, [255]);

function pem(label, bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `-----BEGIN ${label}-----\n${btoa(text).match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`;
}

// --- what the request says (EN 319 412-3, EN 319 412-5, TS 119 495)

const arcs = { PSP_AS: 1, PSP_PI: 2, PSP_AI: 3, PSP_IC: 4 };

function subject(who, commonName) {
  const part = (id, value) => der(0x31, seq(oid(id), value));
  return seq(part('2.5.4.6', der(0x13, new TextEncoder().encode(who.country))), part('2.5.4.10', utf8(who.organisation)),
    part('2.5.4.97', utf8(who.identifier)), part('2.5.4.3', utf8(commonName)));
}

function wishes(who, roles, web) {
  const psd2 = seq(seq(...roles.map((role) => seq(oid(`0.4.0.19495.1.${arcs[role]}`), utf8(role)))), utf8(who.ncaName), utf8(who.ncaId));
  const statements = seq(seq(oid('0.4.0.1862.1.6'), seq(oid(`0.4.0.1862.1.6.${web ? 3 : 2}`))), seq(oid('0.4.0.19495.2'), psd2));
  const usage = der(3, web ? [5, 0xa0] : [6, 0xc0]);
  const list = [extension('1.3.6.1.5.5.7.1.3', statements), extension('2.5.29.15', usage, critical)];
  if (web) {
    list.push(extension('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))));
    list.push(extension('2.5.29.17', seq(der(0x82, new TextEncoder().encode(who.host)))));
  }
  return der(0xa0, seq(oid('1.2.840.113549.1.9.14'), der(0x31, seq(...list))));
}

async function makePair(who, roles, bits, web) {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
  const info = seq(der(2, [0]), subject(who, web ? who.host : who.sealName), spki, wishes(who, roles, web));
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm.name, privateKey, new Uint8Array(info)));
  const request = seq(info, seq(oid('1.2.840.113549.1.1.11'), der(5)), der(3, [0], signature));
  return { spki, pkcs8: new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)), request: pem('CERTIFICATE REQUEST', request) };
}

// --- the form

const form = document.querySelector('form[data-keys]');
const made = document.getElementById('keys-made');
const problem = document.getElementById('keys-problem');
let unsaved = 0;

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

// order sends the requests as the form for own requests does, and gives what stands against them.
async function order(roles, qwac, seal) {
  const fields = new FormData(form);
  const body = new URLSearchParams({ _token: fields.get('_token'), once: fields.get('once'), origin: 'browser', act: 'issue', qwac: qwac.request, qseal: seal.request });
  for (const role of roles) body.append('roles', role);
  const answer = await fetch(form.dataset.order, { method: 'POST', body, redirect: 'manual' });
  if (answer.type === 'opaqueredirect') return '';
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const said = [...page.querySelectorAll('.error-summary li, .checks > .bad p')].map((line) => line.textContent.trim());
  return said.join(' ') || 'The certificates were not issued. Load the page again and try once more.';
}

function offer(name, pkcs8) {
  const link = made.querySelector(`[data-save="${name}"]`);
  link.href = URL.createObjectURL(new Blob([pem('PRIVATE KEY', pkcs8)], { type: 'application/octet-stream' }));
  link.download = name;
  unsaved += 1;
  link.addEventListener('click', () => { unsaved -= 1; }, { once: true });
}

async function make() {
  const roles = new FormData(form).getAll('roles');
  if (!roles.length) return complain('Choose at least one role.');
  const who = JSON.parse(form.dataset.keys);
  const bits = Number(new FormData(form).get('key_bits'));
  const qwac = await makePair(who, roles, bits, true);
  const seal = await makePair(who, roles, bits, false);
  const refused = await order(roles, qwac, seal);
  if (refused) return complain(refused);
  offer('qwac.key', qwac.pkcs8);
  offer('qseal.key', seal.pkcs8);
  form.hidden = true;
  document.querySelectorAll('[data-question], .page-head .lead, #generate > .card-head, #generate > .card-lead').forEach((part) => { part.hidden = true; });
  document.querySelector('h1').textContent = made.dataset.title;
  made.hidden = false;
  made.focus();
  if (form.querySelector('[data-keep]').checked) {
    const store = await import(form.dataset.store);
    await store.keep(await store.hashOf(seal.spki), seal.pkcs8).catch(() => {
      made.querySelector('[data-not-kept]').hidden = false;
    });
  }
}

form.querySelectorAll('[data-browser]').forEach((part) => { part.hidden = !crypto.subtle; }); // plain http has no key maker
form.querySelectorAll('[data-large]').forEach((option) => { option.disabled = false; });
form.querySelector('[data-make]').addEventListener('click', async ({ currentTarget: button }) => {
  if (button.getAttribute('aria-busy')) return;
  complain('');
  button.setAttribute('aria-busy', 'true');
  try {
    await make();
  } catch {
    complain('The browser could not make the keys, or the portal could not be reached. Nothing was issued that you have no key for; load the page and look.');
  }
  button.removeAttribute('aria-busy');
});
addEventListener('beforeunload', (event) => { if (unsaved > 0) event.preventDefault(); });
