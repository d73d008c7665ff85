// Requests that are signed in this browser, with the key of the seal that it keeps. A form sends the signature alone.

const all = (selector) => document.querySelectorAll(selector);
const show = (root, selector, on) => { const part = root.querySelector(selector); if (part) part.hidden = !on; };

function complain(box, text) {
  const problem = box.querySelector('[data-problem]');
  problem.textContent = text;
  problem.hidden = !text;
}

// --- whether the key is here

for (const box of all('div[data-seal]')) {
  const store = await import(box.dataset.store);
  const { seal: hash, scheme } = box.dataset;
  const look = async () => {
    const here = Boolean(await store.find(hash, scheme).catch(() => undefined));
    show(box, '[data-here]', here);
    show(box, '[data-away]', !here);
    for (const button of all(`form[data-sign][data-seal="${hash}"] button`)) button.disabled = !here;
  };
  box.querySelector('[data-forget]')?.addEventListener('click', async () => {
    await store.forget(hash);
    await look();
  });
  box.querySelector('[data-add]')?.addEventListener('change', async ({ target }) => {
    complain(box, '');
    try {
      const { pkcs8, hash: found } = await store.read(await target.files[0].text());
      if (found !== hash) throw new Error('This is another key: it does not belong to the seal of the active set. Nothing was kept.');
      await store.keep(hash, pkcs8);
      await look();
    } catch (error) {
      complain(box, error.message);
    }
    target.value = '';
  });
  await look();
}

// --- signing

for (const form of all('form[data-sign]')) {
  form.addEventListener('submit', async (event) => {
    if (form.dataset.signed) return;
    event.preventDefault();
    const button = form.querySelector('button');
    if (button.getAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    try {
      const store = await import(form.dataset.store);
      const text = JSON.parse(form.dataset.sign); // not the text of the page: HTML knows one kind of line end only
      form.elements.signature.value = await store.sign(await store.find(form.dataset.seal, form.dataset.scheme), text);
      form.dataset.signed = 'yes';
      form.requestSubmit(button);
      delete form.dataset.signed;
    } catch {
      button.removeAttribute('aria-busy');
      const box = document.querySelector(`div[data-seal="${form.dataset.seal}"]`);
      complain(box, 'The browser could not sign. Load the page again, or choose the file of the key once more.');
    }
  });
}
