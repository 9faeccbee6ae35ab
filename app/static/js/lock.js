// "Lock": hides the page at once, before the server has answered, then lets the form go.
for (const form of document.querySelectorAll("form[data-module~='serai-lock']")) {
  form.addEventListener("submit", () => {
    document.body.classList.add("serai-hidden-now");
  });
  addEventListener("pageshow", () => document.body.classList.remove("serai-hidden-now"));
}
