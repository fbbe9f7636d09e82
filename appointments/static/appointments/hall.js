/* Pages that follow the hall. The server sends the whole state as one event and ends the stream;
   the browser comes back by itself and names what it has. Where that fails, the same state is asked
   for as JSON with growing pauses, and the page says that it may be old. */

const PAUSES_MS = [2000, 4000, 8000, 15000];
const SPOKEN_S = 60;
const AFTER_CHIME_S = 0.9;
const BETWEEN_S = 0.06;

const place = document.querySelector("[data-hall]");
const shown = place.querySelector("[data-hall-state]");
const stale = document.querySelector("[data-hall-stale]");
let failures = 0;
let source;
let timer;

function say(old) {
  stale.hidden = !old;
  stale.textContent = old ? place.dataset.stale : "";
}

function show(state) {
  failures = 0;
  say(false);
  // A clerk's visitor changed elsewhere: the page as a whole is another one.
  if (place.dataset.visitor !== undefined && state.visitor !== place.dataset.visitor) {
    location.reload();
    return;
  }
  if (!shown.contains(document.activeElement) && shown.innerHTML !== state.html) {
    shown.innerHTML = state.html;
  }
  if (state.status) follow(state);
  if (state.calls) callOut(state.calls, new Date(state.now));
}

/* -- the connection ------------------------------------------------------------------------------ */

function listen() {
  source = new EventSource(place.dataset.hall);
  source.addEventListener("open", () => { failures = 0; say(false); });
  source.addEventListener("state", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // Between two streams the browser waits; closed means that it gave up.
    if (source.readyState === EventSource.CONNECTING && navigator.onLine && ++failures < 3) return;
    source.close();
    ask();
  });
}

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(place.dataset.hall, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    listen();
  } catch {
    say(true);
    timer = setTimeout(ask, PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]);
  }
}

addEventListener("online", ask);
addEventListener("offline", () => say(true));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && source?.readyState === EventSource.CLOSED) ask();
});

/* -- a telephone --------------------------------------------------------------------------------- */

let rung = "";

function follow({ status, ring }) {
  for (const part of document.querySelectorAll("[data-only-when]")) {
    part.hidden = !part.dataset.onlyWhen.split(" ").includes(status);
  }
  // Browsers let a page shake the telephone only once it was touched.
  if (ring && ring !== rung && navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300]);
  rung = ring;
}

/* -- a display: what is called is said, once ------------------------------------------------------ */

const sound = document.querySelector("[data-sound]");
const said = new Set();
const voice = JSON.parse(document.querySelector("#hall-voice")?.textContent ?? "{}");
const sounds = new Map();
let audio;

function callOut(calls, now) {
  for (const call of [...calls].reverse()) {
    if (said.has(call.key)) continue;
    said.add(call.key);
    const age = (now - new Date(call.called_at)) / 1000;
    if (sound?.getAttribute("aria-pressed") === "true" && age <= SPOKEN_S) announce(call);
  }
}

/* Sound files of the pieces where they are there, else the voice of the browser. Calls wait for each
   other, so that two of them are never said at once. */

let spoken = Promise.resolve();

function announce(call) {
  spoken = spoken.then(() => sayPieces(call.pieces)).catch(() => sayWords(call.say));
}

async function sayPieces(pieces) {
  if (pieces.some((piece) => !(piece in voice))) throw new Error("a piece is missing");
  const sounds = await Promise.all(pieces.map(decoded));
  chime();
  let at = audio.currentTime + AFTER_CHIME_S;
  for (const sound of sounds) {
    const source = new AudioBufferSourceNode(audio, { buffer: sound });
    source.connect(audio.destination);
    source.start(at);
    at += sound.duration + BETWEEN_S;
  }
  place.dataset.said = pieces.join(" ");
  await new Promise((done) => setTimeout(done, (at - audio.currentTime) * 1000));
}

async function decoded(piece) {
  audio ??= new AudioContext();
  if (!sounds.has(piece)) {
    const answer = await fetch(voice[piece]);
    if (!answer.ok) throw new Error(String(answer.status));
    sounds.set(piece, await audio.decodeAudioData(await answer.arrayBuffer()));
  }
  return sounds.get(piece);
}

function sayWords(words) {
  chime();
  if (!("speechSynthesis" in window)) return;
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.lang = "th-TH";
  spoken.voice = speechSynthesis.getVoices().find((voice) => voice.lang.startsWith("th")) ?? null;
  spoken.rate = 0.9;
  // Without a Thai voice another one would read letters that nobody understands: the chime is enough.
  if (spoken.voice) speechSynthesis.speak(spoken);
}

function chime() {
  audio ??= new AudioContext();
  for (const [start, pitch] of [[0, 784], [0.25, 659]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const fade = new GainNode(audio, { gain: 0.25 });
    fade.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.6);
    tone.connect(fade).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.6);
  }
}

if (sound) {
  sound.hidden = false;
  sound.addEventListener("click", () => {
    sound.setAttribute("aria-pressed", "true");
    sound.textContent = sound.dataset.on;
    chime();
  });
  for (const call of JSON.parse(document.querySelector("#hall-calls").textContent)) said.add(call.key);
}

const clock = document.querySelector("[data-clock]");
if (clock) {
  const tick = () => {
    clock.textContent = new Date().toLocaleTimeString("th-TH", {
      hour: "2-digit", minute: "2-digit", timeZone: "Asia/Bangkok",
    });
  };
  tick();
  setInterval(tick, 5000);
}

listen();
