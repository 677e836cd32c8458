// Copy buttons: data-copy="text", or data-copy-from="#id" for the text or value of another element.
const said = document.getElementById("said");

async function write(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Plain http on another host than localhost: the old way is the only one.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done ? undefined : Promise.reject(new Error("the browser refused"));
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy], [data-copy-from]") : null;
  if (!button) return;
  const source = button.dataset.copyFrom ? document.querySelector(button.dataset.copyFrom) : null;
  const text = source ? source.value ?? source.textContent.trim() : button.dataset.copy;
  const use = button.querySelector("use");
  try {
    await write(text);
    said.textContent = said.dataset.copied;
    if (use) {
      const before = use.getAttribute("href");
      use.setAttribute("href", before.replace(/#.*/, "#check"));
      setTimeout(() => use.setAttribute("href", before), 2000);
    } else {
      document.body.dispatchEvent(new CustomEvent("toast", { detail: { tone: "ok", text: said.dataset.copied } }));
    }
  } catch {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { tone: "bad", text: said.dataset.notCopied } }));
  }
  setTimeout(() => { said.textContent = ""; }, 3000);
});
