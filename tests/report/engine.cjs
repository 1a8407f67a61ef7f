// Runs the page's script in plain node: asked on each line what units see, and which units see a pixel.
"use strict";
const fs = require("fs"), vm = require("vm");
const [script, asked] = process.argv.slice(2);
const context = vm.createContext({});
vm.runInContext(fs.readFileSync(script, "utf8") + "\n;globalThis.engine = {Fields, reads};", context);
const {Fields, reads} = context.engine;

const places = region => region.map(p => p.map(set => [...set.keys()].filter(i => set[i])));
const answers = JSON.parse(fs.readFileSync(asked, "utf8")).map(({rules, fields, units, taps}) => {
  if (taps) return taps.map(([rule, outputs]) => outputs.map(o => reads(rule, o).flatMap(([first, count, step]) => Array.from({length: count}, (_, i) => first + i * step))));
  const network = new Fields(rules, fields), began = performance.now();
  const found = units.map(([number, place, name, pixels]) => {
    const map = network.maps[number], unit = network.unit(map, place), seen = network.back(map.value, unit);
    const inputs = network.inputs.map(input => network.maps.find(other => other.value === input.value));
    return {
      seen: inputs.map(input => places(network.on(input, seen[input.value]))),
      sentence: network.sentence(map, name, place, seen),
      // Of each pixel asked about: whether the unit is among those that see it.
      back: pixels.map(([i, pixel]) => {
        const reached = network.on(map, network.forth(inputs[i].value, network.unit(inputs[i], pixel))[map.value]);
        return reached.some(p => p.every((set, k) => set[place[k]] === 1));
      }),
    };
  });
  return {found, ms: performance.now() - began};
});
process.stdout.write(JSON.stringify(answers));
