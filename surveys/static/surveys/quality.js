/* The map of boundary quality: the parcels, and the band in which each side lies. */

import { addBands, addParcels, followPlaces, mapOf } from "./ground.js";

const data = JSON.parse(document.getElementById("quality-data").textContent);
const map = mapOf("map", data.words);
const [west, south, east, north] = data.bounds;
map.fitBounds([[south, west], [north, east]], { padding: [48, 48], maxZoom: 20 });
addParcels(map, data.parcels);
addBands(map, data.edges, data.words.band);
followPlaces(map);
