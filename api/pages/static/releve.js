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

// A form whose answer is counted again as its slider moves; the slider keeps the focus.
function startAdjusting(form) {
  const answer = document.getElementById(form.dataset.adjusts);
  const status = form.querySelector(".status");
  const slider = form.querySelector("input[type=range]");
  let timer = 0;
  let running = null;

  function tell() {
    for (const output of form.querySelectorAll("output")) output.textContent = slider.value;
  }

  async function load() {
    clearTimeout(timer);
    if (running) running.abort();
    running = new AbortController();
    const mine = running;
    const search = "?" + new URLSearchParams(new FormData(form));
    status.textContent = status.dataset.working;
    answer.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action.split("?")[0] + search, {
        headers: { Accept: "text/html" },
        signal: mine.signal,
        credentials: "same-origin",
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const part = page.getElementById(form.dataset.adjusts);
      if (!part) {
        location.assign(search); // signed out meanwhile, or a failure: its page says what to do
        return;
      }
      answer.replaceChildren(...document.importNode(part, true).childNodes);
      status.textContent = status.dataset.done;
      history.replaceState(null, "", search);
      for (const [index, link] of document.querySelectorAll(".language a").entries()) {
        const found = page.querySelectorAll(".language a")[index];
        if (found) link.href = found.getAttribute("href");
      }
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = status.dataset.failed;
    } finally {
      if (running === mine) {
        answer.removeAttribute("aria-busy");
        running = null;
      }
    }
  }

  slider.addEventListener("input", () => {
    tell();
    clearTimeout(timer);
    timer = setTimeout(load, DELAY_MS);
  });
  form.addEventListener("change", (event) => {
    if (event.target !== slider) load();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load();
  });
}

const adjusting = document.querySelector("form[data-adjusts]");
if (adjusting) startAdjusting(adjusting);
for (const element of document.querySelectorAll("[data-with-script]")) element.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-prints]")) print();
});

const asking = document.querySelector("form[data-live]");
if (asking) startAsking(asking);
document.addEventListener("submit", sendQuietly);
document.addEventListener("click", copyMessage);
