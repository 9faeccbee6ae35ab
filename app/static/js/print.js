// Prints the slip. Without script the browser's own command prints the same.
for (const button of document.querySelectorAll("[data-module~='serai-print']")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
