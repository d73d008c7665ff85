// The calculator of code challenges works while somebody types. What is typed stays in the browser.
const box = document.querySelector('[data-pkce]');
const field = box?.querySelector('#verifier');

const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function problem(verifier) {
  if (!/^[A-Za-z0-9._~-]*$/.test(verifier)) return 'A verifier has letters, digits, -, ., _ and ~ only.';
  if (verifier.length < 43 || verifier.length > 128) return `A verifier has 43 to 128 characters; this one has ${verifier.length}.`;
  return '';
}

async function compute() {
  const verifier = field.value.trim();
  const wrong = problem(verifier);
  const bytes = new TextEncoder().encode(verifier);
  const hash = wrong ? null : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  if (field.value.trim() !== verifier) return; // a later key has overtaken this one
  document.getElementById('pkce-bytes').textContent = wrong ? '–' : hex(bytes);
  document.getElementById('pkce-hash').textContent = wrong ? '–' : hex(hash);
  document.getElementById('pkce-challenge').textContent = wrong ? '–' : base64url(hash);
  box.querySelector('[data-pkce-status]').textContent = wrong || `${bytes.length} bytes are hashed. The verifier itself goes to the token endpoint alone.`;
}

if (field && crypto.subtle) {
  field.addEventListener('input', compute);
  box.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.submitter?.matches('[data-pkce-new]')) field.value = base64url(crypto.getRandomValues(new Uint8Array(32)));
    compute();
  });
}
