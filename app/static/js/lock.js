// "Lock": hides the page at once, before the server has answered, then lets the form go. What was typed in
// the page's form goes with it and is kept sealed on the server; nothing is ever put into the browser's
// storage. A page that nobody touches locks itself before its session ends.
//
// <form data-module="serai-lock" data-idle="900" data-awake="/awake" data-said="...">
const MINUTE = 60000;
const NEVER = ["password", "file", "submit", "button"];

const typedIn = (form) => {
  const typed = new URLSearchParams();
  for (const field of form.elements) {
    if (!field.name || field.name === "csrf_token" || field.disabled || NEVER.includes(field.type)) continue;
    if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
    if (field.selectedOptions) for (const one of field.selectedOptions) typed.append(field.name, one.value);
    else typed.append(field.name, field.value);
  }
  return typed;
};

const put = (form, name, value) => {
  const field = form.querySelector(`input[name='${name}']`) ?? document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
};

// The one form of the page that somebody has changed; a page of buttons has none.
const touched = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.method === "post" && form.closest("main")) touched.add(form);
});

for (const form of document.querySelectorAll("form[data-module~='serai-lock']")) {
  const fill = () => {
    put(form, "here", location.pathname + location.search);
    const draft = [...touched].at(-1);
    if (!draft) return;
    const page = new URL(draft.action, location.href);
    put(form, "page", page.pathname + page.search);
    put(form, "typed", typedIn(draft).toString());
  };

  form.addEventListener("submit", () => {
    fill();
    document.body.classList.add("serai-hidden-now");
  });
  // Leaving in a hurry locks, too: see leave.js.
  addEventListener("serai:left", () => {
    fill();
    const body = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
  });
  addEventListener("pageshow", () => document.body.classList.remove("serai-hidden-now"));

  const idle = Number(form.dataset.idle) * 1000;
  if (!(idle > 2 * MINUTE)) continue;
  let sent = Date.now();
  let used = sent;
  const said = document.createElement("p");
  said.className = "serai-idle";
  said.setAttribute("role", "alert");
  const use = () => {
    used = Date.now();
    said.remove();
    if (used - sent < idle / 3) return;
    sent = used;
    fetch(form.dataset.awake, { credentials: "same-origin", redirect: "manual" });
  };
  for (const kind of ["input", "keydown", "pointerdown"]) document.addEventListener(kind, use);
  setInterval(() => {
    const left = idle - (Date.now() - used);
    if (left <= MINUTE) form.requestSubmit();
    else if (left <= 2 * MINUTE && !said.isConnected) {
      said.textContent = form.dataset.said;
      document.body.prepend(said);
    }
  }, 5000);
}
