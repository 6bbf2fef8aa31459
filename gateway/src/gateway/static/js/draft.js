// What was typed and is not saved yet, sealed in this browser: it opens with its client's key alone, in its own place.
import { erase, isGone, names, read, stay, write } from "./draft-shelf.js";

function coded(buffer, piece = 32_768) { // so many bytes become text at once
  let binary = "";
  for (let at = 0; at < buffer.byteLength; at += piece) {
    binary += String.fromCharCode(...new Uint8Array(buffer, at, Math.min(piece, buffer.byteLength - at)));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
const bytes = (code) => Uint8Array.from(atob(code.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);
const random = () => crypto.getRandomValues(new Uint8Array(12));
const WINDOW = coded(random().buffer);

// The name holds client, place and window; none of it, nor the revision and the instant, can be changed.
const bound = (name, at, revision, iv) => ({ name: "AES-GCM", iv, additionalData: utf8([name, at, revision].join(" ")) });

// One client's. `slot` names a place; `content` is what JSON can hold.
class Drawer {
  #turn = 0;
  #here = null;
  constructor(cipher, start, slot) { Object.assign(this, { cipher, start, slot }); }
  get isEmpty() { return names(this.start).length === 0; }
  eraseAll() { this.#turn += 1; names(this.start).forEach(erase); }
  async drop(place) { this.#turn += 1; erase(await this.#name(place)); }
  async keep(place, revision, content, at = Date.now()) {
    const turn = this.#turn += 1;
    await (this.#here ??= stay(WINDOW));
    const [name, iv] = [await this.#name(place), random()];
    if (turn !== this.#turn) return; // only the latest is written
    const sealed = await crypto.subtle.encrypt(bound(name, at, revision, iv), this.cipher, utf8(JSON.stringify(content)));
    if (turn === this.#turn) write(name, [at, revision, coded(iv.buffer), coded(sealed)].join("."));
  }
  // What windows that have gone left behind, in one place or in all, the oldest first; what does not open is removed.
  async waiting(place = null) {
    const found = names(place === null ? this.start : `${this.start}${await this.slot(place)}.`);
    const read = await Promise.all(found.filter((name) => !name.endsWith(WINDOW)).map((name) => this.#opened(name)));
    return read.filter(Boolean).sort((one, other) => one.at - other.at);
  }
  async #name(place) { return `${this.start}${await this.slot(place)}.${WINDOW}`; }
  async #opened(name) {
    if (!await isGone(name.split(".").at(-1))) return null;
    try {
      const [at, revision, iv, sealed] = read(name).split(".");
      const content = await crypto.subtle.decrypt(bound(name, at, revision, bytes(iv)), this.cipher, bytes(sealed));
      return { ...JSON.parse(new TextDecoder().decode(content)), at: Number(at), revision, erase: () => erase(name) };
    } catch { erase(name); return null; }
  }
}

// The drawer of whoever's key this is; null where there is no key, or the browser seals nothing.
export async function openDrawer(key) {
  if (!key || !crypto.subtle) return null;
  const secret = await crypto.subtle.importKey("raw", bytes(key), "HKDF", false, ["deriveBits", "deriveKey"]);
  const from = (info) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) });
  const named = async (info) => coded(await crypto.subtle.deriveBits(from(info), secret, 128));
  const cipher = await crypto.subtle.deriveKey(from("seal"), secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return new Drawer(cipher, `${await named("drawer")}.`, (place) => named(`place ${place}`));
}
