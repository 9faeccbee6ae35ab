// Passkeys: asks the server what to ask for, lets the browser do it, and sends what comes back with the form.
// The browser's own JSON forms (parseRequestOptionsFromJSON, toJSON) are younger than the browsers we serve.
//
// <form data-module="serai-passkey" data-options="/..." data-kind="get|create" data-failed="..." hidden>
//   <input type="hidden" name="answer"> <p data-said role="alert" hidden></p> <button type="submit">
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const asked = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  excludeCredentials: known(options.excludeCredentials),
  allowCredentials: known(options.allowCredentials),
});

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const told = (credential) => {
  const response = {};
  for (const part of PARTS) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} });
};

for (const form of document.querySelectorAll("form[data-module~='serai-passkey']")) {
  if (!window.PublicKeyCredential) continue;
  const answer = form.querySelector("input[name='answer']");
  const said = form.querySelector("[data-said]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      const found = await fetch(form.dataset.options, { credentials: "same-origin" });
      if (!found.ok) throw new Error(String(found.status));
      const publicKey = asked(await found.json());
      const made =
        form.dataset.kind === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
      answer.value = told(made);
      form.submit();
    } catch {
      // Cancelled, timed out, or no passkey here: said in words, and the other way in stays.
      said.textContent = form.dataset.failed;
      said.hidden = false;
    }
  });
}
