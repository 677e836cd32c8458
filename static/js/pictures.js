// A thumbnail or poster that does not come leaves an icon. A plain script in head: it must listen before the first
// picture fails.
document.addEventListener("error", ({ target }) => {
  const frame = target instanceof HTMLImageElement && target.closest(".thumb, .player");
  if (!frame) return;
  target.remove();
  if (frame.matches(".player") || frame.querySelector("svg")) return;
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.sprite}#photo-off`);
  icon.append(use);
  frame.prepend(icon);
}, true);
