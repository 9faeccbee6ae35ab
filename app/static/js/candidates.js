// "Perhaps already registered": asks while one types, shows the reasons of the likeness, blocks
// nothing. Names travel in the body of a POST, never in an address. The answer is data, and the list
// is built element by element, since the page may not turn strings into markup.
//
// <div data-module="serai-candidates" data-url="..." data-fields="given_name birth-year" hidden></div>
// inside the form. Answer: {"heading": "...", "people": [{"text", "url", "reasons": ["..."]}],
// "elsewhere": "a sentence on how many at other posts, or empty"}
const PAUSE = 600;
const LEAST = 2;

const line = (person) => {
  const item = document.createElement("li");
  const link = document.createElement(person.url ? "a" : "span");
  link.textContent = person.text;
  link.dir = "auto";
  if (person.url) {
    link.href = person.url;
    link.className = "govuk-link";
  }
  item.append(link, ` ${(person.reasons ?? []).join("; ")}`);
  return item;
};

const show = (place, answer) => {
  const people = answer?.people ?? [];
  const empty = people.length === 0 && !answer?.elsewhere;
  place.hidden = empty;
  if (empty) {
    place.replaceChildren();
    return;
  }
  const heading = document.createElement("p");
  heading.className = "govuk-body govuk-!-font-weight-bold";
  heading.textContent = answer.heading;
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-list--bullet";
  list.append(...people.map(line));
  const parts = people.length === 0 ? [heading] : [heading, list];
  if (answer.elsewhere) {
    const elsewhere = document.createElement("p");
    elsewhere.className = "govuk-body";
    elsewhere.textContent = answer.elsewhere;
    parts.push(elsewhere);
  }
  place.replaceChildren(...parts);
};

for (const place of document.querySelectorAll("[data-module~='serai-candidates']")) {
  const form = place.closest("form");
  const names = place.dataset.fields.split(" ");
  let waiting = 0;
  let running = null;

  const ask = async () => {
    const body = new FormData();
    let typed = 0;
    for (const [name, value] of new FormData(form)) {
      if (!names.includes(name) && name !== "csrf_token") continue;
      body.append(name, value);
      if (name !== "csrf_token") typed = Math.max(typed, value.trim().length);
    }
    running?.abort();
    if (typed < LEAST) {
      show(place, null);
      return;
    }
    running = new AbortController();
    try {
      const answer = await fetch(place.dataset.url, {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        signal: running.signal,
      });
      if (answer.ok) show(place, await answer.json());
    } catch (problem) {
      // Without a connection, or overtaken by the next letter, there is nothing to show.
      if (problem.name !== "AbortError") show(place, null);
    }
  };

  place.setAttribute("aria-live", "polite");
  place.classList.add("serai-candidates");
  form.addEventListener("input", (event) => {
    if (!names.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
}
