/**
 * The plain map: what Folium puts on it is drawn over the land of land.js, with names.
 *
 * Loaded after leaflet.js, world.js and land.js. Python sends numbers only; names come beside it (names.js) and are drawn
 * as text: on the canvas, or as textContent, never as HTML.
 *
 * @typedef {{id: number, shape: number, km: number, r: number, n: number, src: number, label: number}} Properties
 *   id: the place's number; shape: its outline in world.js or -1; km: radius of an area without an outline or 0;
 *   r: radius of a point in pixels; n: claims; src: independent sources; label: how much its name is wanted, 0 where it is not drawn
 */
"use strict";

(() => {
  const { dateline } = globalThis;
  const { LIGHT, Sheet, createLand, worldX, worldY, placeNames, paintNames, loadFonts } = dateline.drawing;
  const land = createLand(dateline.world);

  /** The layers now on each map, as drawn by `drawFeature`, biggest first. */
  const layers = new Set();
  let names = {};

  const shownOn = (map) => [...layers].filter((layer) => map.hasLayer(layer));

  function paintGround(map, context, frame) {
    land.paint(context, frame, LIGHT);
    const named = new Set(shownOn(map).map((layer) => layer.feature.properties.shape));
    land.paintNames(context, frame, LIGHT, [], named);
  }

  function paintPlaceNames(map, context, frame) {
    const spots = shownOn(map).map((layer) => spotOf(frame, layer));
    const taken = spots.filter(({ r }) => r).map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
    const wanted = spots.filter(({ p, name }) => p.label && name);
    wanted.sort((a, b) => b.p.label - a.p.label || b.p.src - a.p.src || b.p.n - a.p.n);
    paintNames(context, placeNames(context, wanted, taken), LIGHT);
  }

  function spotOf(frame, layer) {
    const { lat, lng } = layer.datelineAt;
    const p = layer.feature.properties;
    return { p, x: frame.toX(worldX(lng)), y: frame.toY(worldY(lat)), r: p.r, name: String(names[p.id] ?? "") };
  }

  function outline(shape) {
    const toLatLng = (x, y) => L.latLng((Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360);
    return land.rings[shape].map((polygon) =>
      polygon.map((ring) => {
        const points = [];
        land.walkRing(ring, (x, y) => points.push(toLatLng(x, y)));
        return points;
      }),
    );
  }

  /** Folium's `pointToLayer`: an area as its outline, or a circle of so many kilometres; else a point. */
  dateline.drawFeature = (feature, latlng) => {
    const { shape, km, r } = feature.properties;
    const layer =
      shape >= 0 ? L.polygon(outline(shape)) : km ? L.circle(latlng, { radius: km * 1000 }) : L.circleMarker(latlng, { radius: r });
    layer.datelineAt = latlng;
    layer.toGeoJSON = () => feature; // what a click reports: a country's outline would be some megabytes
    layer.on("add", () => (layers.add(layer), repaint()));
    layer.on("remove", () => (layers.delete(layer), hideTip(), repaint()));
    layer.on("mouseover mousemove", (event) => showTip(event.target, event.latlng));
    layer.on("mouseout", hideTip);
    return layer;
  };

  const tip = L.tooltip({ direction: "top", offset: [0, -6], className: "dateline-tip" });

  function showTip(layer, latlng) {
    const { id, n, src } = layer.feature.properties;
    const content = document.createElement("div");
    const name = content.appendChild(document.createElement("strong"));
    name.textContent = names[id] ?? "";
    const counts = content.appendChild(document.createElement("div"));
    counts.textContent = `${n} ${n === 1 ? "claim" : "claims"}, ${src} independent ${src === 1 ? "source" : "sources"}`;
    tip.setLatLng(latlng).setContent(content).addTo(layer._map);
  }

  function hideTip() {
    tip.remove();
  }

  const grounds = [];
  const labels = [];
  let waiting = 0;
  let namedShapes = "";

  /** Paint anew once after a change of many layers, not once a layer; the land only where its own names change. */
  function repaint() {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      const shapes = [...layers].map((layer) => layer.feature.properties.shape).sort().join();
      if (shapes !== namedShapes) grounds.forEach((sheet) => sheet.repaint());
      namedShapes = shapes;
      labels.forEach((sheet) => sheet.repaint());
    });
  }

  dateline.setNames = (given) => {
    names = given;
    repaint();
  };

  /** How many places are drawn now; the tests read it. */
  dateline.countPlaces = () => layers.size;

  function furnish(map) {
    for (const [pane, order] of [["land", 150], ["names", 620]]) {
      map.createPane(pane).style.zIndex = order;
      map.getPane(pane).style.pointerEvents = "none";
    }
    map.whenReady(() => {
      grounds.push(new Sheet("land", (...drawn) => paintGround(map, ...drawn)).addTo(map));
      labels.push(new Sheet("names", (...drawn) => paintPlaceNames(map, ...drawn)).addTo(map));
      map.attributionControl.setPrefix(false);
      map.attributionControl.addAttribution("Leaflet, Natural Earth");
      L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    });
  }

  L.Map.addInitHook(function () {
    furnish(this);
  });

  loadFonts(new URL(".", document.currentScript.src));
  document.fonts.addEventListener("loadingdone", () => [...grounds, ...labels].forEach((sheet) => sheet.repaint()));

  for (let i = 0; i < window.parent.frames.length; i++) {
    const known = window.parent.frames[i].datelineNames;
    if (known) names = known;
  }
})();
