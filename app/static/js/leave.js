// "Leave this page": hides everything at once and goes to a neutral page without a way back to this
// one, while the session is locked (lock.js). Escape three times within two seconds does the same, and so does
// the key that the link shows. Without script it is a plain link.
const PRESSES = 3;
const WITHIN = 2000;

const leave = document.querySelector("[data-module~='serai-leave']");
if (leave) {
  let presses = [];
  const go = () => {
    document.body.classList.add("serai-hidden-now");
    document.title = "Serai";
    dispatchEvent(new Event("serai:left"));
    location.replace(leave.href);
  };
  leave.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    presses = [...presses.filter((time) => event.timeStamp - time < WITHIN), event.timeStamp];
    if (presses.length >= PRESSES) go();
  });
}

// A page about a person is never shown again from the browser's memory after it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted && leave) location.reload();
});
