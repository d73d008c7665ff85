// The single request: how long it takes, a way out of a long wait, and the seconds after a limit was met.

const form = document.querySelector('form[data-send]');
const button = form?.querySelector('button[type=submit]');
const label = button?.querySelector('span');
const usual = label?.textContent;

// --- after a limit was met nothing can be sent until the seconds of Retry-After are over

const wait = document.querySelector('[data-wait]');
const count = document.createElement('span');
let left = Number(wait?.dataset.wait ?? 0);
if (form && left > 0 && left <= 120) {
  const text = wait.textContent;
  button.disabled = true;
  count.setAttribute('aria-hidden', 'true'); // the sentence was read out; each second would be too much
  wait.append(' ', count);
  const tick = () => {
    count.textContent = `${left} s`;
    if (left-- > 0) return;
    clearInterval(timer);
    button.disabled = false;
    wait.textContent = `${text} The time is over: you can send again.`;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

// --- while it is sent the button counts, and after ten seconds it can be given up

const cancel = form?.querySelector('[data-cancel]');
let counting;
const end = () => {
  clearInterval(counting);
  if (label) label.textContent = usual;
  if (cancel) cancel.hidden = true;
};
form?.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  let seconds = 0;
  end();
  counting = setInterval(() => {
    label.textContent = `Sending, ${++seconds} s`;
    if (seconds >= 10) cancel.hidden = false;
  }, 1000);
});
cancel?.addEventListener('click', () => {
  window.stop();
  end();
  delete form.dataset.sent;
  button.removeAttribute('aria-busy');
  form.querySelector('[data-cancelled]').hidden = false;
});
addEventListener('pageshow', end);
