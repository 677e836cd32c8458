// A row for one file of this tab, filled into the page's <template>; words come from the page too, so they are translated.
const words = document.getElementById("upload-words");
const said = document.getElementById("upload-said");

export function word(name, values = {}) {
  const found = words?.content.querySelector(`[data-word="${CSS.escape(name)}"]`);
  return (found?.textContent.trim() ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

let last = 0;
let timer;
export function announce(text) { // for screen readers: politely, the newest, at most every 3 s
  clearTimeout(timer);
  timer = setTimeout(() => { last = Date.now(); said.textContent = text; }, Math.max(0, last + 3000 - Date.now()));
}

const UNITS = ["kB", "MB", "GB", "TB"];
export function size(bytes) { // as the console's own pages write sizes
  if (bytes < 1000) return word("bytes", { n: bytes });
  let number = bytes / 1000;
  let at = 0;
  while (number >= 999.5 && at < UNITS.length - 1) { number /= 1000; at += 1; }
  const digits = number >= 99.95 ? 0 : 1;
  return `${number.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${UNITS[at]}`;
}

function lasting(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return word("seconds", { s: whole });
  if (whole < 3600) return word("minutes", { m: Math.floor(whole / 60), s: whole % 60 });
  return word("hours", { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
}

const ACTS = {
  titling: ["send", "cancel"], preparing: ["cancel"], waiting: ["cancel"], sending: ["pause", "cancel"], paused: ["resume", "cancel"],
  stopped: ["retry", "cancel"], refused: ["dismiss"], sent: [], handed: [], cancelled: ["dismiss"],
  ready: ["dismiss"], failed: ["dismiss"],
};

export class Row {
  constructor(place, file, act) {
    this.file = file;
    this.element = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = this.part("name").title = file.name;
    this.part("size").textContent = size(file.size);
    this.bar = this.part("progress");
    this.bar.setAttribute("aria-label", file.name);
    for (const button of this.element.querySelectorAll("[data-act]")) {
      const label = `${button.title || button.textContent.trim()} ${file.name}`;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => act(button.dataset.act));
    }
    this.samples = [];
    place.querySelector("[data-upload-rows]").append(this.element);
  }

  part(name) { return this.element.querySelector(`[data-part="${name}"]`); }

  show(state, note) {
    this.state = state;
    this.samples = [];
    this.element.dataset.state = state;
    for (const shown of this.element.querySelectorAll("[data-when]")) shown.hidden = shown.dataset.when !== state;
    for (const button of this.element.querySelectorAll("[data-act]")) button.hidden = !ACTS[state].includes(button.dataset.act);
    const title = this.part("title"); // only rows of the queue's own page have one
    if (title) title.hidden = state !== "titling";
    this.bar.hidden = ["titling", "refused", "sent", "handed", "cancelled", "ready", "failed"].includes(state);
    this.bar.className = `mt-1 ${{ stopped: "st-bad", sending: "", preparing: "st-off" }[state] ?? "st-off"}`;
    this.note(note || word(`note-${state}${this.handing ? "-here" : ""}`, { percent: this.percent() }) || word(`note-${state}`, { percent: this.percent() }));
    const focused = document.activeElement; // a button that just went must not take the focus along
    if (focused?.hidden && this.element.contains(focused)) this.element.querySelector("[data-act]:not([hidden])")?.focus();
  }

  text() {
    return [...this.element.querySelectorAll("[data-when]:not([hidden]), [data-part=note]")].map((e) => e.textContent.trim()).filter(Boolean).join(", ");
  }

  title(text) { // what a person calls the file, where the row has a place for it
    const input = this.part("title");
    if (input && text !== undefined) input.value = text;
    return input?.value.trim() ?? "";
  }

  leadTo(address) { // to the media this file became, where the row has a place for it
    const link = this.part("open");
    if (!link) return;
    link.href = address;
    link.hidden = false;
  }

  percent() { return this.file.size ? Math.floor((100 * (this.bytes ?? 0)) / this.file.size) : 0; }

  note(text) { this.noted = Boolean(text); this.part("note").textContent = text; if (!text) this.speed(); }

  progress(bytes) {
    this.bytes = bytes;
    this.bar.value = this.file.size ? bytes / this.file.size : 0;
    const now = performance.now();
    this.samples = [...this.samples.filter(([at]) => now - at < 8000), [now, bytes]];
    if (this.state === "sending" && now - (this.spoken ?? 0) > 500) { this.spoken = now; if (!this.noted) this.speed(); }
  }

  speed() {
    if (this.state !== "sending") return;
    const [[then, before], [now, bytes]] = [this.samples.at(0) ?? [0, 0], this.samples.at(-1) ?? [0, 0]];
    const rate = now > then ? (bytes - before) / ((now - then) / 1000) : 0;
    const percent = this.percent();
    this.part("note").textContent = rate > 0
      ? word(this.handing ? "progress-here" : "progress", { percent, rate: `${size(rate)}/s`, left: lasting((this.file.size - bytes) / rate) })
      : `${percent}%`;
  }

  remove() { this.element.remove(); }
}
