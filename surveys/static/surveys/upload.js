/* Field files dropped on the job's page: sent one after the other, with how far each has come.
   Without this script the form sends one file and the page answers. */

const form = document.getElementById("field-file");
const input = form.querySelector("input[type=file]");
const state = form.querySelector(".drop-zone__state");
const words = form.querySelector(".drop-zone__words");
const bar = form.querySelector("progress");
const fault = form.querySelector(".drop-zone__error");
const button = form.querySelector("button[type=submit]");
const said = (text, values) => text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);

form.querySelector(".drop-zone__hint").hidden = false;
input.multiple = true;

function send(file) {
  return new Promise((resolve, reject) => {
    const body = new FormData(form);
    body.set(input.name, file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      const percent = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
      bar.value = percent;
      const text = percent < 100 ? form.dataset.sending : form.dataset.reading;
      words.textContent = said(text, { name: file.name, percent });
    });
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response?.location) resolve(request.response.location);
      else reject(new Error(`${file.name}: ${request.response?.detail ?? request.status}`));
    });
    request.addEventListener("error", () => reject(new Error(said(form.dataset.failed, { name: file.name }))));
    request.send(body);
  });
}

async function sendAll(files) {
  fault.hidden = true;
  state.hidden = false;
  button.disabled = true;
  const refused = [];
  let place = null;
  for (const file of files) {
    try {
      place = await send(file);
    } catch (error) {
      refused.push(error.message);
    }
  }
  state.hidden = true;
  button.disabled = false;
  if (refused.length) {
    fault.hidden = false;
    fault.replaceChildren(...refused.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  } else if (place) {
    window.location.assign(files.length === 1 ? place : window.location.pathname);
  }
}

form.addEventListener("submit", (event) => {
  if (!input.files.length) return;
  event.preventDefault();
  sendAll([...input.files]);
});
for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("drop-zone--over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  form.addEventListener(kind, () => form.classList.remove("drop-zone--over"));
}
form.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) sendAll([...event.dataTransfer.files]);
});
