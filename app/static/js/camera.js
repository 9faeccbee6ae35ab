// Reads the code of a receipt with the camera into a field, and sends the form. The browser's own decoder is
// used where it has one; else ours is fetched, once somebody presses the button. Pictures stay in this page:
// none is kept or sent. Without a camera, or where it is refused, the number is typed or scanned as before.
//
// <div data-module="serai-camera" data-into="text" data-decoder="/static/..." data-refused="..." hidden>
const NUMBER = /^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}$/;
const LOOK_EVERY = 250;
const GIVE_UP_AFTER = 60000;
const WIDEST = 960;

const ownDecoder = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  if (!known.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
};

const ourDecoder = async (address) => {
  const { decodeQR } = await import(address);
  const canvas = document.createElement("canvas");
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    const paper = canvas.getContext("2d", { willReadFrequently: true });
    paper.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(paper.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return undefined; // no code in this picture
    }
  };
};

for (const place of document.querySelectorAll("[data-module~='serai-camera']")) {
  // A page that came without TLS has no camera to offer.
  if (!navigator.mediaDevices?.getUserMedia) continue;
  const [start, stop] = place.querySelectorAll("button");
  const video = place.querySelector("video");
  const said = place.querySelector("[role=alert]");
  const into = document.getElementById(place.dataset.into);
  let stream = null;

  const say = (text) => {
    said.textContent = text;
    said.hidden = false;
  };
  const end = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    video.hidden = stop.hidden = true;
    start.hidden = false;
  };
  const look = async (decode) => {
    const until = Date.now() + GIVE_UP_AFTER;
    while (stream && Date.now() < until) {
      const found = video.readyState >= 2 ? (await decode(video))?.trim().toUpperCase() : undefined;
      if (!stream) return;
      if (found && NUMBER.test(found)) {
        end();
        into.value = found;
        into.form.requestSubmit();
        return;
      }
      if (found) say(place.dataset.other);
      await new Promise((go) => setTimeout(go, LOOK_EVERY));
    }
    if (stream) {
      end();
      say(place.dataset.none);
    }
  };

  place.hidden = false;
  stop.addEventListener("click", () => {
    end();
    start.focus();
  });
  addEventListener("pagehide", end);
  start.addEventListener("click", async () => {
    said.hidden = true;
    start.hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      video.srcObject = stream;
      video.hidden = stop.hidden = false;
      stop.focus();
      await video.play();
      await look((await ownDecoder()) ?? (await ourDecoder(place.dataset.decoder)));
    } catch (fault) {
      end();
      say(fault.name === "NotAllowedError" ? place.dataset.refused : place.dataset.missing);
    }
  });
}
