// Says in the header whether the post has a connection. The state is a word beside a shape, spoken
// once by screen readers when it changes. Without script nothing is claimed.
for (const place of document.querySelectorAll("[data-module~='serai-connection']")) {
  const show = () => {
    const offline = !navigator.onLine;
    place.textContent = offline ? place.dataset.offline : place.dataset.online;
    place.classList.toggle("serai-connection--offline", offline);
    place.hidden = false;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
