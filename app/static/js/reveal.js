// Shows what an answer asks for only while that answer is chosen: a radio or tick with data-reveals names
// the element. Unlike GOV.UK's own script it sets no aria-expanded, which radios may not carry.
// Without script everything is in sight, and the server takes what was filled in.
const choosers = [...document.querySelectorAll("input[data-reveals]")];

const settle = () => {
  for (const chooser of choosers) {
    const more = document.getElementById(chooser.dataset.reveals);
    more?.classList.toggle("serai-closed", !chooser.checked);
  }
};

if (choosers.length > 0) {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=radio], input[type=checkbox]")) settle();
  });
  addEventListener("pageshow", settle);
  settle();
}
