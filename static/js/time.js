// Keeps <time data-ago> true while the page stays open. The words come from the server, so they are translated there.
const words = JSON.parse(document.body.dataset.words || "{}");
const MINUTE = 60, HOUR = 3600, DAY = 86400;

function spoken(seconds) {
  const past = seconds >= 0, s = Math.abs(seconds), put = (key, n) => (words[past ? key : `in_${key}`] || "").replace("%n", n);
  if (past && s < 1) return words.now;
  if (s < MINUTE) return put("s", s);
  if (s < HOUR) return put("min", Math.floor(s / MINUTE));
  if (s < DAY) return put("h", Math.floor(s / HOUR));
  if (s < 2 * DAY) return past ? words.yesterday : words.tomorrow;
  return s < 30 * DAY ? put("d", Math.floor(s / DAY)) : "";
}

function tick() {
  if (document.hidden) return;
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = spoken(Math.round((now - Date.parse(time.dateTime)) / 1000));
    if (text && text !== time.textContent) time.textContent = text;
  }
}

setInterval(tick, 5000);
document.addEventListener("visibilitychange", tick);
