// Files out of a drop, an input or a folder, and what makes one recognisable.
import { sha256 } from "./sha256.js";

const MIB = 1024 ** 2;

// Name, size, first and last MiB: enough to know a file again without reading all of it.
export async function fingerprint(file) {
  const head = new TextEncoder().encode(`${file.name}\n${file.size}\n`);
  const first = new Uint8Array(await file.slice(0, MIB).arrayBuffer());
  const last = new Uint8Array(await file.slice(Math.max(0, file.size - MIB)).arrayBuffer());
  const all = new Uint8Array(head.length + first.length + last.length);
  all.set(head);
  all.set(first, head.length);
  all.set(last, head.length + first.length);
  return sha256(all);
}

const visible = (file) => !file.name.startsWith(".");

async function inside(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // readEntries() gives at most a hundred at a time
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) return found;
    for (const one of part) found.push(...await inside(one));
  }
}

export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.kind === "file" && item.webkitGetAsEntry?.());
  if (!entries.some((entry) => entry && entry.isDirectory)) return [...transfer.files];
  const files = [];
  for (const entry of entries.filter(Boolean)) files.push(...await inside(entry).catch(() => []));
  return files.filter(visible);
}

export const chosen = (input) => (input.webkitdirectory ? [...input.files].filter(visible) : [...input.files]);
