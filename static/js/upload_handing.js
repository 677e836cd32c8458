// One file to the console in small pieces, for networks without a road to storage; a worker brings it on from there.
// What the console has on its disk counts: after any doubt it is asked again from which byte on it wants the file.
import { Refusal, token } from "./upload_console.js";
import { GRAIN, Sender, Stopped, Trouble } from "./upload_protocol.js";

const FIRST = 1024 ** 2;
const MOST = 8 * 1024 ** 2; // the console takes no larger piece
const PIECE_SECONDS = 3; // so that no request is long

export class Hander extends Sender {
  constructor(file, hooks) { super(file, hooks); this.chunk = FIRST; this.most = MOST; }

  step() { return this.unsure ? this.ask() : this.put(); }

  async ask() {
    const { offset } = await this.hooks.session(false);
    if (offset < this.furthest) { this.furthest = offset; this.hooks.notice("lost-here"); }
    this.unsure = false;
    this.hooks.progress(offset);
    this.offset = offset;
  }

  async put() {
    const from = this.offset;
    const end = Math.min(from + this.chunk, this.file.size);
    const began = performance.now();
    this.url = this.hooks.piece(from);
    const headers = { "X-CSRFToken": token(), Accept: "application/json", "Content-Type": "application/octet-stream" };
    const answer = await this.send("POST", headers, this.file.slice(from, end), (loaded) => this.hooks.progress(Math.min(from + loaded, end)));
    const said = this.judge(answer);
    const speed = (said.offset - from) / Math.max(0.001, (performance.now() - began) / 1000);
    this.chunk = Math.max(GRAIN, Math.floor(Math.min(this.most, this.chunk * 2, speed * PIECE_SECONDS) / GRAIN) * GRAIN);
    this.accept(said.offset);
    if (this.offset >= this.file.size) this.finish();
    else if (said.state !== "receiving") throw new Stopped(said.state);
  }

  judge({ status, seconds, text, url }) {
    let said = null;
    try { said = JSON.parse(text()); } catch { /* a page: the proxy's, or the sign-in */ }
    if (status === 200 && said) return said;
    if (status === 200 || new URL(url).pathname !== new URL(this.url, location.href).pathname) throw new Refusal("", "signed-out");
    if (status === 413) { // a proxy on the way takes less at once
      this.most = Math.max(GRAIN, this.chunk / 2);
      throw new Trouble("large", 0);
    }
    if (said?.reason === "offset") throw new Trouble("unsure", 0);
    if (["paused", "cancelled", "sent"].includes(said?.reason)) throw new Stopped(said.reason);
    if (said?.reason === "crowded" || status === 408 || status === 429 || (status >= 500 && !said)) throw new Trouble("busy", seconds ?? 2);
    throw new Refusal(said?.error ?? "", said?.reason ?? "not-allowed");
  }
}
