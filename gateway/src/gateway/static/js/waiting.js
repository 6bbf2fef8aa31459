// Waits until another try may do better.
const news = new BroadcastChannel("latchkey");

// A page of the portal tells the windows that wait.
export const sayIsIn = () => news.postMessage("in");

// Ends after so many seconds, or with any sign that another try may do better.
export const waited = (seconds) => new Promise((again) => {
  const end = new AbortController();
  const stop = () => { end.abort(); clearTimeout(timer); again(); };
  const timer = setTimeout(stop, seconds * 1000);
  for (const [target, sign] of [[window, "online"], [window, "focus"], [document, "visibilitychange"], [news, "message"]]) {
    target.addEventListener(sign, stop, { signal: end.signal });
  }
});
