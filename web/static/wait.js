// What asks a bank: whether the body is JSON, how long the answer takes, a way out of a long wait, and the seconds after a limit was met.

// --- after a limit was met nothing can be sent until the seconds of Retry-After are over

const wait = document.querySelector('[data-wait]');
const send = document.querySelector('form[data-send] button[type=submit]');
let left = Number(wait?.dataset.wait ?? 0);
if (send && left > 0 && left <= 120) {
  const text = wait.textContent;
  const count = document.createElement('span');
  send.disabled = true;
  count.setAttribute('aria-hidden', 'true'); // the sentence was read out; each second would be too much
  wait.append(' ', count);
  const tick = () => {
    count.textContent = `${left} s`;
    if (left-- > 0) return;
    clearInterval(timer);
    send.disabled = false;
    wait.textContent = `${text} The time is over: you can send again.`;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

// --- the body says whether it is JSON, a moment after the typing has stopped

for (const field of document.querySelectorAll('[data-json]')) {
  const note = document.createElement('p');
  let typed;
  Object.assign(note, { id: `${field.id}-json`, className: 'hint' });
  note.setAttribute('role', 'status');
  field.after(note);
  field.setAttribute('aria-describedby', `${field.getAttribute('aria-describedby') ?? ''} ${note.id}`.trim());
  field.addEventListener('input', () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      const said = judge(field.value);
      if (note.textContent !== said) note.textContent = said; // what stays is not read out again
    }, 1500);
  });
}
function judge(text) {
  try {
    JSON.parse(text);
    return 'This is JSON.';
  } catch (error) {
    return text && `This is not JSON, and can be sent all the same. ${error.message}.`;
  }
}

// --- while a bank is asked the button counts; soon the page says that it can be left, and then the wait can be ended

const late = document.querySelector('[data-late]');
const stopped = document.querySelector('[data-stopped]');
let end;
document.addEventListener('submit', (event) => {
  const form = event.target;
  const button = event.submitter;
  const label = button?.querySelector('span');
  if (event.defaultPrevented || !late || !label || !form.closest('[data-asks]')) return;
  end?.();
  const usual = label.textContent;
  let seconds = 0;
  (form.closest('.row') ?? form).after(late, stopped);
  stopped.hidden = true;
  const counting = setInterval(() => {
    label.textContent = `Waiting, ${++seconds} s`;
    form.dataset.sent = 'yes'; // a usual form is let go earlier
    button.setAttribute('aria-busy', 'true');
    late.hidden = seconds < 3;
    late.querySelector('[data-stop]').hidden = seconds < 10;
  }, 1000);
  end = () => {
    clearInterval(counting);
    label.textContent = usual;
    delete form.dataset.sent;
    button.removeAttribute('aria-busy');
    late.hidden = true;
  };
});
late?.querySelector('[data-stop]').addEventListener('click', () => {
  stop();
  end();
  stopped.hidden = false;
});
addEventListener('pageshow', () => end?.());

// --- what is under way elsewhere is looked at again, while somebody looks

const again = document.querySelector('[data-again]');
if (again) setInterval(() => { if (!document.hidden) location.reload(); }, 2500);
