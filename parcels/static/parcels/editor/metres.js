/* Lengths for the eye while a line is drawn, and exact sums of legal areas.

   What is stored is computed by the server. A length here is that of the zone's grid, by the radii
   of WGS 84 at the place and the scale of UTM there: good to a millimetre in a hundred metres. */

const A = 6378137;
const E2 = 0.00669437999014;
const K0 = 0.9996;
const RADIANS = Math.PI / 180;

const centralMeridian = (zone) => (zone % 100) * 6 - 183;
const isUtm = (zone) => Math.floor(zone / 100) === 326 || Math.floor(zone / 100) === 327;

/* Metres in the zone between two [lon, lat]. */
export function metresBetween([lonA, latA], [lonB, latB], zone) {
  const lat = ((latA + latB) / 2) * RADIANS;
  const w = Math.sqrt(1 - E2 * Math.sin(lat) ** 2);
  const across = A / w;
  const along = (A * (1 - E2)) / w ** 3;
  const east = (lonB - lonA) * RADIANS * Math.cos(lat) * across;
  const north = (latB - latA) * RADIANS * along;
  const ground = Math.hypot(east, north);
  if (!isUtm(zone)) return ground;
  const off = ((lonA + lonB) / 2 - centralMeridian(zone)) * RADIANS * Math.cos(lat) * across;
  return ground * K0 * (1 + off ** 2 / (2 * across * along));
}

const THAI_ZERO = "๐".charCodeAt(0);
const ascii = (text) => text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO));

/* A decimal text of metres or square wa in whole hundredths; null for anything else. */
function hundredths(text) {
  const found = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text);
  if (!found) return null;
  const fine = BigInt(found[1]) * 10000n + BigInt((found[2] || "").padEnd(4, "0"));
  return { fine, exact: fine % 100n === 0n };
}

/* A typed area in hundredths of m² (BigInt); null when it cannot be read. A bare number is m², with
   dashes it is rai-ngan-square wa, as the server reads it. */
export function readArea(text) {
  const plain = ascii(text).replace(/[,\s]/g, "").replace(/[‐‑‒–—−]/g, "-");
  const metric = /^(.*?)(?:m2|m²|ตร\.?ม\.?|ตารางเมตร)?$/i.exec(plain)[1];
  const direct = hundredths(metric);
  if (direct) return direct.exact ? direct.fine / 100n : null;
  const parts = /^(\d{1,9})-(\d)-(\d{1,2}(?:\.\d{1,4})?)$/.exec(plain);
  if (!parts || Number(parts[2]) > 3) return null;
  const wa = hundredths(parts[3]).fine + (BigInt(parts[1]) * 400n + BigInt(parts[2]) * 100n) * 10000n;
  return (wa * 4n) % 100n === 0n ? (wa * 4n) / 100n : null;
}

/* Hundredths of m² of a decimal text as the server writes it, such as "1234.5". */
export function exactArea(text) {
  const negative = text.startsWith("-");
  const found = hundredths(negative ? text.slice(1) : text);
  return found ? (negative ? -found.fine : found.fine) / 100n : null;
}

const trimmed = (whole, part, size) => {
  const digits = String(part).padStart(size, "0").replace(/0+$/, "");
  return digits ? `${whole}.${digits}` : String(whole);
};

/* "1,234.5" of hundredths of m², with its sign. */
export function inMetres(area) {
  const size = area < 0n ? -area : area;
  const whole = (size / 100n).toLocaleString("en-US");
  return `${area < 0n ? "−" : ""}${trimmed(whole, size % 100n, 2)}`;
}

/* "2-1-50.25" of hundredths of m²; a square wa is 400 of them. */
export function inRai(area) {
  const size = area < 0n ? -area : area;
  const wa = (size * 25n) % 1000000n;
  const text = trimmed(wa / 10000n, wa % 10000n, 4);
  return `${area < 0n ? "−" : ""}${size / 160000n}-${(size / 40000n) % 4n}-${text}`;
}

/* Marks and sides of a stored MultiPolygon, along its rings: marks [lon, lat], sides [mark, mark]. */
export function marksOf(geometry) {
  return geometry.coordinates.flat().flatMap((ring) => ring.slice(0, -1));
}

export function sidesOf(geometry) {
  return geometry.coordinates.flat().flatMap((ring) => ring.slice(1).map((end, at) => [ring[at], end]));
}

export function contains(geometry, [x, y]) {
  let inside = false;
  for (const [[ax, ay], [bx, by]] of sidesOf(geometry)) {
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
