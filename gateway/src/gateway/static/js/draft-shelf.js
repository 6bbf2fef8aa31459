// Where this browser keeps what was typed and is not saved yet, by names that tell nothing, for seven days at most.
const SHELF = "lk-draft.";
const LIFE = 7 * 86_400_000; // milliseconds

export const read = (name) => localStorage.getItem(SHELF + name);
export const write = (name, value) => {
  try { localStorage.setItem(SHELF + name, value); } catch { /* it is full, or this browser stores nothing */ }
};
export const erase = (name) => localStorage.removeItem(SHELF + name);

// The names that begin so. Each value begins with its instant: what is too old, or from no time, is removed.
export function names(start = "") {
  try {
    const all = Object.keys(localStorage).filter((name) => name.startsWith(SHELF)).map((name) => name.slice(SHELF.length));
    all.filter((name) => !(Math.abs(Date.now() - parseInt(read(name), 10)) < LIFE)).forEach(erase);
    return all.filter((name) => name.startsWith(start) && read(name) !== null);
  } catch { return []; } // this browser stores nothing
}
names();

// A window is there as long as it holds the lock of its name. One that has just been left may hold it for a moment yet;
// a free one is told as such however long a slow device takes to say so.
const locks = navigator.locks;
const isFree = (name, options) => locks.request(SHELF + name, options, Boolean).catch(() => false);
export const isGone = async (name) => !locks
  || await isFree(name, { ifAvailable: true }) || isFree(name, { signal: AbortSignal.timeout(1000) });
export const stay = (name) => locks && new Promise((held) => {
  locks.request(SHELF + name, () => { held(); return new Promise(() => {}); });
});
