/* Answers the challenge of a page while the visitor reads it, in small portions. The service takes
   the form without an answer too, from fewer visitors at a time. */

const form = document.querySelector("form[data-challenge]");
const BATCH = 256;

function head(digest) {
  return new DataView(digest).getUint32(0);
}

async function solve(challenge, bits) {
  const encoder = new TextEncoder();
  const below = 2 ** (32 - bits);
  for (let from = 0; from < 2 ** 26; from += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_unused, index) => from + index);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${number}`))),
    );
    const found = digests.findIndex((digest) => head(digest) < below);
    if (found >= 0) return numbers[found];
  }
  return "";
}

// Without a secure context there is no crypto.subtle; the form then goes without an answer.
if (form && globalThis.crypto?.subtle) {
  const { challenge, bits } = form.dataset;
  form.elements.proof.value = await solve(challenge, Number(bits));
  form.dataset.proven = "";
}
