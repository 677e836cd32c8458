// data-save-from="#id" data-save-as="name": the text of an element as a file. It never has an address of its own, so no
// history of the browser keeps it.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-save-from]") : null;
  if (!button) return;
  const file = new Blob([document.querySelector(button.dataset.saveFrom).textContent], { type: "application/octet-stream" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = button.dataset.saveAs;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});
