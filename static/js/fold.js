// data-fold="#id": folds every part of a text that can be folded, or opens all of them again.
for (const button of document.querySelectorAll("[data-fold]")) {
  const parts = [...document.querySelector(button.dataset.fold).querySelectorAll("details")];
  button.hidden = !parts.length;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const fold = parts.some((part) => part.open);
    for (const part of parts) part.open = !fold;
    button.setAttribute("aria-pressed", String(fold));
  });
}
