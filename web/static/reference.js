// The button that copies the page as Markdown. Without script, the link beside it opens the same text.

const say = (message) => {
  const region = document.querySelector('[data-live]');
  if (region) region.textContent = message;
};

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy-page]');
  if (!button) return;
  const label = button.querySelector('[data-copy-label]');
  const before = label.textContent;
  try {
    const answer = await fetch(button.dataset.copyPage);
    if (!answer.ok) throw new Error(answer.statusText);
    await navigator.clipboard.writeText(await answer.text());
    label.textContent = 'Copied';
    say('The page was copied as Markdown');
  } catch {
    location.href = button.dataset.copyPage;
    return;
  }
  setTimeout(() => { label.textContent = before; }, 2000);
});
