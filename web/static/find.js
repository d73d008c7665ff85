// Ctrl K and ⌘ K lead to the search: its field, or its page where there is no room for a field.
document.addEventListener('keydown', (event) => {
  if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const field = document.querySelector('[data-finder]');
  if (!field) return;
  event.preventDefault();
  if (!field.offsetParent) {
    location.assign(field.form.action);
    return;
  }
  field.focus();
  field.select();
});
