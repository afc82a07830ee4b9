"use strict";

// Sends the body of a form to its operation and shows the answer, as text.
async function send(form) {
  const guild = document.getElementById("guild").value.trim();
  const token = document.getElementById("token").value.trim();
  const words = document.getElementById("caller").dataset;
  const shown = form.querySelector("output");
  const answer = form.querySelector(".answer");
  const button = form.querySelector("button");
  if (form.dataset.path.includes("{guild}") && !guild) {
    form.classList.add("refused");
    shown.textContent = words.noGuild;
    return;
  }
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  button.disabled = true;
  shown.textContent = "…";
  try {
    const path = form.dataset.path.replace("{guild}", encodeURIComponent(guild));
    const started = performance.now();
    const response = await fetch(path, { method: "POST", headers, body: form.querySelector("textarea").value });
    const text = await response.text();
    form.classList.toggle("refused", !response.ok);
    const milliseconds = Math.round(performance.now() - started);
    shown.textContent = `${response.status} · ${milliseconds} ms`;
    answer.textContent = readable(text);
    answer.hidden = false;
  } catch {
    form.classList.add("refused");
    shown.textContent = words.unreachable;
  } finally {
    button.disabled = false;
  }
}

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function filter(words) {
  const wanted = words.toLowerCase().trim();
  for (const found of document.querySelectorAll(".context, .context li, .operation, .contents ul:not(.others) li")) {
    found.hidden = !found.textContent.toLowerCase().includes(wanted);
  }
}

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
document.getElementById("filter")?.addEventListener("input", (event) => filter(event.target.value));
