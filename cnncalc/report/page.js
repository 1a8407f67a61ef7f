"use strict";  // Sets of places: a region is a list of products, one Uint8Array per axis. Values come after those that they read.
const all = n => new Uint8Array(n).fill(1), any = set => set.includes(1), pair = x => (Array.isArray(x) ? x : [x]);
const times = numbers => numbers.reduce((a, b) => a * b, 1), ones = set => set.reduce((a, b) => a + b, 0);
const count = region => region.reduce((sum, product) => sum + times(product.map(ones)), 0), number = n => n.toLocaleString("en");
const phase = (list, f) => { let i = 0; while (f >= list[i][0]) f -= list[i++][0]; return [list[i], f]; };  // item by number, each [repeats, ...]
const unravel = (i, sizes) => sizes.reduceRight((found, n) => { found.unshift(i % n); i = Math.floor(i / n); return found; }, []);
function reads([advance, ...phases], o) {     // which inputs output o reads: runs [first, count, step], partly in the padding
  const period = phases.reduce((sum, [repeats]) => sum + repeats, 0), [[, delta, ...runs], f] = phase(phases, o % period), moved = f * delta + Math.floor(o / period) * advance;
  return runs.map(([first, many, step]) => [first + moved, many, step]);
}
function some(rule, o, n, hit) {              // whether `hit` is true for an input below n that output o reads
  for (const [first, many, step] of rule.memo?.[o] || ((rule.memo ||= [])[o] = reads(rule, o))) {
    let i = step > 0 && first < 0 ? Math.ceil(-first / step) : step < 0 && first >= n ? Math.ceil((first - n + 1) / -step) : 0;
    for (let x = first + i * step; i < many && x >= 0 && x < n; i++, x += step) if (hit(x)) return true;
  }
  return false;
}
function alike(n, key, found = new Map()) {   // numbers below n by their keys: sets, each with the first number in it
  for (let r = 0; r < n; r++) (found.get(key(r)) || found.set(key(r), [new Uint8Array(n), r]).get(key(r)))[0][r] = 1;
  return [...found.values()];
}
function tidy(list) {                         // the same places as products that do not overlap: the same list for the same set
  const inside = (p, q) => p.every((set, i) => set.every((bit, x) => !bit || q[i][x]));
  if (list.length > 1) list = list.filter((p, i) => !list.some((q, j) => i !== j && inside(p, q) && (j < i || !inside(q, p))));
  if (list.length < 2 || !list[0].length) return list.slice(0, 1);
  const rests = [], n = list[0][0].length, keys = Array.from({length: n}, (_, r) => list.map(p => p[0][r]).join(""));
  for (const [rows, r] of alike(n, x => keys[x])) {
    const rest = tidy(list.filter(p => p[0][r]).map(p => p.slice(1))), name = [rest.length, ...rest].join("|");
    rows.forEach((is, x) => { if (is) rests[x] = {rest, name}; });
  }
  return alike(n, r => rests[r].name).flatMap(([rows, r]) => rests[r].rest.map(p => [rows, ...p]));
}
const outer = sets => sets.reduce((a, b) => a.reduce((flat, is, i) => { if (is) flat.set(b, i * b.length); return flat; }, new Uint8Array(a.length * b.length)), all(1));
function cut(flat, sizes) {                   // the other way round: places in row-major order as products
  if (sizes.length < 2 || !any(flat)) return any(flat) ? [sizes.length ? [flat] : []] : [];
  const wide = flat.length / sizes[0], part = r => flat.subarray(r * wide, (r + 1) * wide), key = set => (!any(set) ? "" : set.includes(0) ? set.join("") : "1");
  const keys = Array.from({length: sizes[0]}, (_, r) => key(part(r)));
  return alike(sizes[0], r => keys[r]).flatMap(([rows, r]) => cut(part(r), sizes.slice(1)).map(p => [rows, ...p]));
}
const reshaped = (product, groups, from, sizes) => groups.reduce((found, group) => {  // same values, other shape; a group pairs axes
  const axes = group[1 - from], parts = cut(outer(group[from].map(axis => product[axis])), axes.map(axis => sizes[axis]));
  return found.flatMap(head => parts.map(part => head.map((set, axis) => (axes.includes(axis) ? part[axes.indexOf(axis)] : set))));
}, [sizes.map(all)]);
function ranges(set) {                        // a set as runs [first, end]
  const found = [];
  for (let x = set.indexOf(1), end = 0; x >= 0; x = set.indexOf(1, end)) found.push([x, end = set.indexOf(0, x) < 0 ? set.length : set.indexOf(0, x)]);
  return found;
}
function listed([one, many], set) {           // in words: rows 0, 2 to 5
  const words = ranges(set).map(([a, b]) => (a === b - 1 ? `${a}` : `${a} to ${b - 1}`));
  return `${ones(set) > 1 ? many : one} ${(words.length > 6 ? [...words.slice(0, 5), `... ${words.at(-1)}`] : words).join(", ")}`;
}
function percent(part, of) {                  // with three digits, halves to the even digit
  if (!part || 1000 * part >= 999 * of) return part === of ? "100%" : part ? "99.9%" : "0%";
  const x = 100 * part / of, places = 2 - Math.floor(Math.log10(x)), half = x * 2 ** (places + 1) % 2 === 1;
  const rounded = half ? 2 * Math.round(x * 10 ** places / 2) / 10 ** places : +x.toPrecision(3);
  return `${rounded < 1e-4 ? rounded.toExponential().replace(/-(\d)$/, "-0$1") : rounded}%`;
}
class Fields {                                // the rules of a network, followed in both directions
  constructor(rules, {values, ...rest}) { Object.assign(this, {rules, ...rest, whole: [], values: values.map(([shape, ...sources]) => ({shape, sources}))}); }
  back(value, product) {                      // what the product sees of each value up to its own, as regions by value
    const found = Object.assign([], {[value]: [product]});
    for (let y = value; y >= 0; y--) {
      found[y] = tidy(found[y] || []);
      for (const [x, way] of this.values[y].sources) {
        const {shape} = this.values[x], read = p => (way.groups ? reshaped(p, way.groups, 0, shape) : [shape.map((n, i) => this.read(pair(way[i]), p, n))]);
        for (const p of found[y].flatMap(read)) if (p.every(any)) (found[x] ||= []).push(p);
      }
    }
    return found;
  }
  read([axis, rule], product, n) {
    if (axis === null || rule === undefined) return axis === null ? all(n) : product[axis];
    const outputs = axis < 0 ? all(1) : product[axis], found = new Uint8Array(n);
    outputs.forEach((is, o) => is && some(this.rules[rule], o, n, x => { found[x] = 1; }));
    return found;
  }
  forth(value, product) {                     // what sees any place of the product, as regions of its own and later values
    const found = Object.assign([], {[value]: [product]});
    for (let y = value + 1; y < this.values.length; y++) {
      const {shape, sources} = this.values[y], readers = (way, p) => (way.groups ? reshaped(p, way.groups, 1, shape) : this.readers(way, p, shape));
      found[y] = tidy(sources.flatMap(([x, way]) => (found[x] || []).flatMap(p => readers(way, p))));
    }
    return found;
  }
  readers(way, product, shape) {
    const found = shape.map(all);
    for (const [i, along] of way.entries()) {
      const [axis, rule] = pair(along), set = product[i], outputs = axis < 0 ? all(1) : found[axis];
      if (axis !== null) outputs.forEach((is, o) => { outputs[o] = is && (rule === undefined ? set[o] : some(this.rules[rule], o, set.length, x => set[x])); });
      if (axis !== null && !any(outputs)) return [];
    }
    return [found];
  }
  unit(map, place) { return this.values[map.value].shape.map((n, i) => (map.axes.includes(i) ? all(n).map((_, x) => x === place[map.axes.indexOf(i)]) : all(n))); }
  on(map, region) { return tidy((region || []).map(p => map.axes.map(axis => p[axis]))); }  // without the channels
  box([always, axis, div, mod, wave], place) {  // the span of pixels that a unit sees along one axis, before clipping
    const [jump, period, ...runs] = this.rules[wave], u = Math.floor(place[axis] / div) % mod;
    const [[, first, step, size], f] = phase(runs, u % period), start = first + f * step + Math.floor(u / period) * jump;
    if (!size || (jump === null && u >= period)) return always;
    return always ? [Math.min(start, always[0]), Math.max(start + size - 1, always[1])] : [start, start + size - 1];
  }
  sentence(map, name, place, found) {         // what `cnncalc receptive-field --layer NAME --unit PLACE` prints, in one line
    const whole = this.whole[map.value] ||= this.back(map.value, this.values[map.value].shape.map(all)), reached = this.inputs.filter(input => whole[input.value]?.length);
    const lines = reached.map(input => (reached.length > 1 ? `of ${input.name}: ` : "") + this.lines(input, map, place, found, whole).join("; "));
    return `Receptive field of ${place.length ? `unit (${place.join(", ")}) of ` : ""}${name}: ${lines.join("; ") || "no input pixel"}`;
  }
  lines(input, map, place, found, whole) {
    const source = this.maps.find(other => other.value === input.value), sizes = source.axes.map(axis => this.values[input.value].shape[axis]);
    const along = region => sizes.map((n, k) => region.reduce((set, p) => set.map((bit, x) => bit | p[k][x]), new Uint8Array(n)));
    const region = this.on(source, found[input.value]), hidden = this.on(source, whole[input.value]), seen = along(region);
    const pixels = count(region), total = times(sizes), lines = [`pixels ${number(pixels)} of ${number(total)} (${percent(pixels, total)})`];
    if (!pixels) return lines;
    const spans = seen.map(set => [set.indexOf(1), set.lastIndexOf(1)]), boxes = map.boxes[this.inputs.indexOf(input)].map(box => box && this.box(box, place));
    const by = ends => ends.map(span => (span ? span[1] - span[0] + 1 : "?")).join("x");
    const told = ends => `${by(ends)}: ${ends.flatMap((span, k) => (span ? [`${input.lines[k][1]} ${span[0]} to ${span[1]}`] : [])).join(", ")}`;
    const words = sets => sets.flatMap((set, k) => (any(set) ? [listed(input.lines[k], set)] : [])).join("; ");
    lines.unshift(...(`${boxes}` === `${spans}` ? [`box ${told(boxes)}`] : [`box ${told(boxes)}, before clipping`, `clipped ${told(spans)}, at every layer`]));
    const holes = times(spans.map(([a, b]) => b - a + 1)) - pixels, empty = words(seen.map((set, k) => set.map((bit, x) => !bit && x > spans[k][0] && x < spans[k][1])));
    const unseen = total - count(hidden), never = words(along(hidden).map(set => set.map(bit => !bit)));
    if (holes) lines.push(`holes ${number(holes)}${sizes.length > 1 ? ` of the ${by(spans)} box` : ""}${empty && `; empty: ${empty}`}`);
    if (unseen) lines.push(`never seen ${number(unseen)} pixels by any unit of the layer${never && `: ${never}`}`);
    return lines;
  }
}
function page(data) {                         // the drawing, the table, the working, the window and the maps show the same chosen layer
  const $ = id => document.getElementById(id), text = i => data.texts[i], fields = data.fields && new Fields(data.rules, data.fields);
  const make = (tag, parent, textContent = "", more = {}) => parent.appendChild(Object.assign(document.createElement(tag), {textContent, ...more}));
  const names = data.rows.map(row => text(row[0])), most = [0, 1, 2].map(k => Math.max(1, ...data.rows.map(([, , , counts, state]) => (state ? 0 : pair(counts[k])[0] || 0))));
  const tokens = data.rows.map(row => text(row[1])), drawn = [...document.querySelectorAll("#drawing [data-layers]")], layers = group => group.dataset.layers.split(" ");
  const isIn = (layer, model) => `${layer}/`.startsWith(`${model}/`), shows = (group, i) => layers(group).some(layer => isIn(layer, tokens[i]));
  let chosen = 0, wanted = null, current = null, pinned = false, planned = 0, timer = 0, axes = [], colors = {};
  const rows = data.rows.map(([, , cells, counts, state], i) => {  // the table
    const tr = make("tr", $("rows"), "", {className: state});
    cells.slice(0, 3).forEach((cell, k) => make(k ? "td" : "th", tr, text(cell), {title: text(cell)}));
    counts.map(pair).forEach(([value, label], k) => {
      const td = make("td", tr, label !== undefined ? text(label) : value === null ? "" : number(value));
      if (value && !state) make("i", td, "", {style: `width: ${100 * value / most[k]}%`});
    });
    make("td", tr, text(cells[3]), {title: text(cells[3])});
    tr.radio = make("input", tr.firstChild, "", {type: "radio", name: "layer", ariaLabel: names[i]});
    tr.addEventListener("click", () => choose(i, true));
    return tr;
  });
  for (const group of drawn) group.addEventListener("click", () => choose(tokens.findLastIndex(token => isIn(layers(group)[0], token))));
  const reveal = element => {                 // scroll its box, not the page
    const box = element.closest(".scroll"), [outer, inner] = [box, element].map(each => each.getBoundingClientRect());
    for (const [low, high, scroll] of [["top", "bottom", "scrollTop"], ["left", "right", "scrollLeft"]])
      if (inner[low] < outer[low] || inner[high] > outer[high] - 9) box[scroll] += (inner[low] + inner[high] - outer[low] - outer[high]) / 2;
  };
  function choose(i, focused) {
    if (!rows[i]) return;
    const [map, [heading, settings, parts], windows] = data.rows[chosen = i].slice(5);
    drawn.forEach(group => group.classList.toggle("chosen", shows(group, i)));
    maps.forEach((m, k) => m.figure.classList.toggle("chosen", k === map));
    rows[i].radio.checked = true;
    if (focused) rows[i].radio.focus({preventScroll: true});
    [rows[i].firstChild, drawn.find(group => shows(group, i))].forEach(element => element && reveal(element));
    [$("heading").textContent, $("settings").textContent] = [names[i] + text(heading), text(settings)];
    $("working").textContent = "";
    for (const [part, ...lines] of parts.map(lines => lines.map(text))) [part, ...lines].forEach((line, k) => make(k ? "dd" : "dt", $("working"), line, {className: part}));
    $("window").hidden = !(axes = windows || []).length;
    Object.assign($("step"), {max: times(axes.map(axis => axis[2])) - 1, value: 0});
    if (windows) slide();
  }
  function slide() {                          // the window, at the place that the slider gives
    const place = unravel(+$("step").value, axes.map(axis => axis[2]));
    const read = axes.map(([rule], k) => reads(data.rules[rule], place[k]).flatMap(([first, many, step]) => Array.from({length: many}, (_, i) => first + i * step)));
    const sets = axes.map(([, n], k) => read[k].reduce((set, x) => { if (x >= 0) set[x] = 1; return set; }, new Uint8Array(n)));
    const taps = times(read.map(x => x.length)), padding = taps - times(sets.map(ones));
    const words = sets.every(any) ? sets.map((set, k) => listed(data.lines[axes.length - 1][k], set)).join(", ") : "nothing";
    $("at").textContent = `Output (${place.join(", ")}) reads ${words}${padding ? `; ${number(padding)} of ${number(taps)} taps in the padding` : ""}.`;
    grid($("before"), axes.map(([, n, , low, high], k) => [low, high, read[k], x => x < 0 || x >= n]), colors.see);
    grid($("after"), axes.map((axis, k) => [0, axis[2] - 1, [place[k]], () => false]), colors.seen);
  }
  function grid(canvas, ends, color) {
    const g = canvas.getContext("2d"), view = [[0, 0, [0], () => false], ...ends].slice(-2).map(([low, high, taken, outside]) => {
      const n = Math.min(high - low + 1, 20), middle = taken.length ? Math.round((Math.min(...taken) + Math.max(...taken) + 1 - n) / 2) : low;
      return Array.from({length: n}, (_, i) => i + Math.max(low, Math.min(high - n + 1, middle))).map(x => [taken.includes(x), outside(x)]);
    }), z = Math.max(9, Math.min(20, Math.floor(180 / Math.max(...view.map(line => line.length)))));
    [canvas.height, canvas.width] = view.map(line => line.length * z + 1);
    view[0].forEach(([row, above], y) => view[1].forEach(([column, beside], x) => {
      Object.assign(g, {fillStyle: row && column ? color : above || beside ? "transparent" : colors.cell, globalAlpha: above || beside ? 0.5 : 1, strokeStyle: colors.soft});
      for (const [draw, inset] of [["fillRect", 0], ["strokeRect", 0.5]]) g[draw](x * z + inset, y * z + inset, z, z);
    }));
  }
  $("step").addEventListener("input", slide);
  $("play").addEventListener("click", () => {
    timer = timer ? clearInterval(timer) : setInterval(() => { $("step").value = (+$("step").value + 1) % (+$("step").max + 1); slide(); }, 400);
    $("play").textContent = timer ? "Stop" : "Play";
  });
  const plan = () => { planned ||= requestAnimationFrame(() => { planned = 0; if (wanted) look(...wanted); for (const m of maps) if (m.visible && m.stale) m.stale = paint(m); }); };
  const watch = new IntersectionObserver(entries => { for (const {target, isIntersecting} of entries) target.owner.visible = isIntersecting; plan(); });
  const maps = (fields ? fields.maps : []).map((map, i) => {  // the maps: what the unit under the pointer sees, and what sees it
    const view = fields.views[map.view], own = map.names.map(text), sizes = map.axes.map(axis => fields.values[map.value].shape[axis]), figure = make("figure", $(view.input ? "inputs" : "maps"));
    const frame = make("div", figure, "", {style: view.css}), canvas = make("canvas", frame, "", {tabIndex: 0, role: "application", ariaLabel: `${own[0]} ${sizes.join("×")}`, ...view.canvas});
    make("figcaption", figure, own[0], {title: own.join(", ")});
    const m = {...map, view, names: own, sizes, figure, frame, canvas, note: make("small", figure), stale: true}, down = view.rows + view.gap, along = view.columns + view.gap;
    const at = place => [m, place.map((x, k) => Math.max(0, Math.min(sizes[k] - 1, x)))];
    const unit = (y, x) => at([...unravel(Math.floor(y / down) * view.across + Math.floor(x / along), sizes.slice(0, -2)), y % down, x % along].slice(sizes.length ? -sizes.length : 9));
    const under = event => unit(Math.floor(event.offsetY / canvas.clientHeight * view.high), Math.floor(event.offsetX / canvas.clientWidth * view.wide));
    canvas.addEventListener("mousemove", event => pinned || ask(under(event)));
    canvas.addEventListener("click", event => {
      const [, place] = under(event);
      pin(!pinned || current[0] !== m || `${current[1]}` !== `${place}`);
      ask([m, place]);
      choose(data.rows.findIndex(row => row[5] === i));
    });
    canvas.addEventListener("keydown", event => {
      const [axis, step] = {ArrowUp: [2, -1], ArrowDown: [2, 1], ArrowLeft: [1, -1], ArrowRight: [1, 1], PageUp: [3, -1], PageDown: [3, 1], Enter: [0], " ": [0], Escape: [0]}[event.key] || [];
      if (axis === 0) pin(event.key !== "Escape" && !pinned);
      const [on, now] = wanted || current || [];  // a second key may come before the first is shown
      if (axis >= 0) event.preventDefault(), ask(at((on === m ? now : sizes.map(n => (n - 1) >> 1)).map((x, k) => (k === sizes.length - axis ? x + step : x))));
    });
    watch.observe(Object.assign(canvas, {owner: m}));
    return m;
  });
  const ask = unit => { wanted = unit; plan(); }, pin = on => { pinned = on; document.body.classList.toggle("pinned", on); };
  function look(m, place) {
    const unit = fields.unit(m, place), back = fields.back(m.value, unit), forth = fields.forth(m.value, unit);
    maps.forEach(o => Object.assign(o, {stale: true, color: colors[o.value < m.value ? "see" : "seen"], region: (o.value < m.value ? back : forth)[o.value]}));
    [current, wanted] = [[m, place], null];
    $("status").textContent = fields.sentence(m, m.names.find(name => name === names[chosen]) || m.names[0], place, back);
    const [r, c] = [0, 0, ...place].slice(-2), tile = place.slice(0, -2).reduce((sum, x, k) => sum * m.sizes[k] + x, 0), {view} = m;
    const y = Math.floor(tile / view.across) * (view.rows + view.gap) + r, x = tile % view.across * (view.columns + view.gap) + c;
    Object.assign(m.frame.appendChild($("mark")).style, {top: `${100 * y / view.high}%`, left: `${100 * x / view.wide}%`, height: `${100 / view.high}%`, width: `${100 / view.wide}%`});
  }
  function paint(m) {
    const {view, canvas} = m, g = canvas.getContext("2d"), image = g.createImageData(canvas.width, canvas.height), cell = x => Math.floor(x / view.block);
    const color = m.color?.match(/\w\w/g).reduceRight((sum, part) => sum * 256 + parseInt(part, 16), 255), region = fields.on(m, m.region);
    for (const product of region) {
      const [ys, xs] = [all(1), all(1), ...product].slice(-2), runs = ranges(xs);
      outer(product.slice(0, -2)).forEach((is, tile) => is && ys.forEach((on, y) => on && runs.forEach(([from, to]) => {
        const start = cell(Math.floor(tile / view.across) * (view.rows + view.gap) + y) * canvas.width, left = tile % view.across * (view.columns + view.gap);
        new Uint32Array(image.data.buffer).fill(color, start + cell(left + from), start + cell(left + to - 1) + 1);
      })));
    }
    g.putImageData(image, 0, 0);
    m.note.textContent = (region.length ? `${number(count(region))} of ` : "") + (m.sizes.map(number).join("×") || "1 unit");
  }
  function recolor() {
    colors = Object.fromEntries(["see", "seen", "cell", "soft"].map(name => [name, getComputedStyle(document.body).getPropertyValue(`--${name}`).trim()]));
    if (axes.length) slide();
    ask(current);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
  recolor();
  choose(Math.max(0, data.rows.findIndex(row => row[7])));
}
if (typeof document === "object") page(JSON.parse(document.getElementById("data").textContent));
