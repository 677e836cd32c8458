// Marks for a clip, under the player: data-mark="start" and "end" take the moment that is shown, the fields beside them
// can be edited, arrow up and down move them by a second (with Shift by ten) and show the frame. FastPix cuts whole
// seconds, so a mark in is rounded down and a mark out up.
const bar = () => document.querySelector("[data-clip]");
const video = () => document.querySelector("[data-player] video");
const field = (name) => bar().querySelector(`input[name=${name}]`);
const length = () => (bar().dataset.length ? Math.ceil(Number(bar().dataset.length.replace(/\D/g, "")) / 1000) : Infinity);

// "8:36", "1:02:03" or "516" in seconds; NaN for anything else.
function read(text) {
  if (!/^(\d{1,2}:)?(\d{1,4}:)?\d{1,5}$/.test(text.trim())) return NaN;
  return text.trim().split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function write(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function set(name, seconds) {
  field(name).value = write(Math.min(Math.max(0, seconds), length()));
  judge();
}

// Whether the marks make a clip, and what the button says of them.
function judge() {
  const [start, end] = [read(field("start").value), read(field("end").value)];
  const { label, none, long } = bar().dataset;
  const make = bar().querySelector("[data-clip-make]");
  const why = !(end > start) ? none : end > length() ? long : "";
  make.setAttribute("aria-disabled", String(Boolean(why)));
  make.title = why;
  bar().querySelector("#clip-why").textContent = why;
  const range = Number.isNaN(start) || Number.isNaN(end) ? "" : `${write(start)}–${write(end)}`;
  bar().querySelector("[data-clip-label]").textContent = label.replace(" %s", range ? ` ${range}` : "");
  for (const name of ["start", "end"]) {
    const wrong = field(name).value !== "" && Number.isNaN(read(field(name).value));
    field(name).classList.toggle("is-invalid", wrong);
    field(name).setAttribute("aria-invalid", String(wrong));
  }
}

document.addEventListener("click", (event) => {
  const name = event.target instanceof Element && event.target.closest("[data-mark]")?.dataset.mark;
  if (!name) return;
  const at = video()?.currentTime || 0;
  set(name, name === "start" ? Math.floor(at) : Math.ceil(at));
});

document.addEventListener("input", (event) => { if (event.target.closest("[data-clip]")) judge(); });
document.addEventListener("change", (event) => {
  const at = event.target.closest("[data-clip]") ? read(event.target.value) : NaN;
  if (!Number.isNaN(at)) set(event.target.name, at);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !bar()) return;
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (step && event.target.closest("[data-clip] input")) {
    event.preventDefault();
    set(event.target.name, (read(event.target.value) || 0) + step * (event.shiftKey ? 10 : 1));
    if (video()) video().currentTime = read(event.target.value);
  }
  // keys.js leaves the player its own letters; these two mean the same in it
  const mark = { i: "start", o: "end" }[event.key];
  if (mark && event.target.closest(".player")) {
    event.preventDefault();
    bar().querySelector(`[data-mark=${mark}]`).click();
  }
});
