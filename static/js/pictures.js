// A thumbnail or poster that does not come leaves the icon under it. A plain script in head: it must listen before the
// first picture fails.
document.addEventListener("error", ({ target }) => {
  if (target instanceof HTMLImageElement && target.closest(".thumb, .player")) target.remove();
}, true);
