// A form is sent once: the second click of a double click is swallowed. After fifteen seconds without
// an answer the form may be sent again; the server keeps the two apart from one.
const AGAIN_AFTER = 15000;
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "get") return;
  const before = sent.get(event.target);
  if (before !== undefined && event.timeStamp - before < AGAIN_AFTER) {
    event.preventDefault();
    return;
  }
  sent.set(event.target, event.timeStamp);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const form of document.forms) sent.delete(form);
  }
});
