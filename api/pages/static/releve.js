// Everything works without this file. With it, answers come while someone types, and thanks come in place.
"use strict";

const DELAY_MS = 250;
const LEAST_LETTERS = 3;

function startAsking(form) {
  const results = document.getElementById("results");
  const status = document.querySelector(".status");
  let timer = 0;
  let running = null;
  let shown = location.search;

  function address() {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) asked.append(name, value.trim());
    }
    const text = asked.toString();
    return text ? "?" + text : "";
  }

  async function load(search, keep) {
    clearTimeout(timer);
    if (running) running.abort();
    running = new AbortController();
    const mine = running;
    results.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.dataset.live + search, {
        headers: { Accept: "text/html" },
        signal: mine.signal,
        credentials: "same-origin",
      });
      const text = await response.text();
      const part = new DOMParser().parseFromString(text, "text/html").querySelector(".answer");
      if (!part) {
        location.assign("/" + search); // signed out meanwhile, or a failure: its page says what to do
        return;
      }
      results.replaceChildren(document.importNode(part, true));
      status.textContent = part.dataset.summary;
      shown = search;
      if (keep === "push") history.pushState(null, "", "/" + search);
      if (keep === "replace") history.replaceState(null, "", "/" + search);
      linkLanguages(search);
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = status.dataset.failed;
    } finally {
      if (running === mine) {
        results.removeAttribute("aria-busy");
        running = null;
      }
    }
  }

  function linkLanguages(search) {
    for (const link of document.querySelectorAll(".language a")) {
      const asked = new URLSearchParams(search);
      asked.set("lang", link.hreflang);
      link.href = "/?" + asked;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    const words = form.elements.q.value.trim();
    if (words.length > 0 && words.length < LEAST_LETTERS) return;
    timer = setTimeout(() => {
      if (address() !== shown) load(address(), "replace");
    }, DELAY_MS);
  });
  form.addEventListener("submit", (event) => {
    if (!form.elements.q.value.trim()) return;
    event.preventDefault();
    status.textContent = status.dataset.working;
    load(address(), "push");
  });
  window.addEventListener("popstate", () => {
    const asked = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (field.name) field.value = asked.get(field.name) || "";
    }
    load(location.search, "none");
  });
}

async function sendQuietly(event) {
  const form = event.target;
  if (!form.matches("form[data-quiet]")) return;
  event.preventDefault();
  const sent = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: sent,
      headers: { Accept: "text/html" },
      credentials: "same-origin",
    });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const said = document.createElement("p");
    said.className = "thanks";
    said.setAttribute("role", "status");
    said.textContent = page.querySelector("[data-said]").textContent;
    said.tabIndex = -1;
    form.replaceWith(said);
    said.focus();
  } catch {
    form.removeAttribute("data-quiet"); // the usual way shows what went wrong
    form.requestSubmit(event.submitter);
  }
}

async function copyMessage(event) {
  const button = event.target.closest("button[data-copies]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
  button.textContent = button.dataset.done;
}

const asking = document.querySelector("form[data-live]");
if (asking) startAsking(asking);
document.addEventListener("submit", sendQuietly);
document.addEventListener("click", copyMessage);
