// Sets the theme before anything is painted, so it is a plain blocking script. The person's setting comes from the server
// (html[data-theme]); the switch on the page is remembered on this device until that setting changes.
(() => {
  const root = document.documentElement;
  const setting = root.dataset.theme || "system";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try { return (localStorage.getItem("fp-theme") || "").split("|"); } catch { return []; }
  };
  const show = () => {
    const [chosen, from] = read();
    const wanted = chosen && from === setting ? chosen : setting;
    root.dataset.bsTheme = wanted === "system" ? (dark.matches ? "dark" : "light") : wanted;
  };
  show();
  dark.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-switch]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("fp-theme", `${next}|${setting}`); } catch { /* the choice lasts for this page */ }
    root.dataset.bsTheme = next;
    document.dispatchEvent(new CustomEvent("fp:theme", { detail: next }));
  });
})();
