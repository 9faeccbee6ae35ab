// One-letter shortcuts for people who work here all day: an element with data-key is pressed by that
// letter. Never while one types, never with a modifier, and they can be turned off for good
// (WCAG 2.2, 2.1.4). The preference is the only thing kept in the browser.
const KEPT = "serai-keys";

const areOn = () => {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return false; // storage is forbidden here, so they could not be turned off either
  }
};

const isTyping = (target) =>
  target instanceof Element &&
  (target.closest("input, select, textarea, [contenteditable], dialog") !== null);

const markPage = () => document.documentElement.classList.toggle("serai-keys-on", areOn());

for (const button of document.querySelectorAll("[data-module~='serai-keys']")) {
  const show = () => {
    button.textContent = areOn() ? button.dataset.on : button.dataset.off;
    markPage();
  };
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(KEPT, areOn() ? "off" : "on");
    } catch {
      button.hidden = true;
    }
    show();
  });
  if (document.querySelector("[data-key]")) {
    button.hidden = false;
    show();
  }
}

const inSight = (one) => one.getClientRects().length > 0;

// Ctrl and Enter send a form from any of its fields: with a modifier, so also while one types.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey || event.repeat || event.isComposing) return;
  const form = event.target instanceof Element && event.target.closest("form.serai-form");
  if (!form) return;
  const all = [...form.querySelectorAll("button[type=submit]:not(.govuk-button--secondary)")];
  const button = all.filter((one) => inSight(one) && one.tabIndex >= 0).pop();
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});

// "b" begins the form of the page: its first field gets the focus.
const begin = () => {
  const fields = document.querySelectorAll("main form.serai-form :is(input, select, textarea)");
  const first = [...fields].find((one) => one.type !== "hidden" && !one.disabled && inSight(one));
  if (first) first.focus();
  return Boolean(first);
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.isComposing || event.key.length !== 1 || isTyping(event.target) || !areOn()) return;
  const wanted = event.key.toLowerCase();
  const places = [...document.querySelectorAll("[data-key]")];
  const found = places.find((one) => one.dataset.key === wanted && inSight(one));
  if (!found && (wanted !== "b" || !begin())) return;
  event.preventDefault();
  if (found) found.click();
});
