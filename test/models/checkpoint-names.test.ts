import fc from "fast-check";
import { expect, test } from "vitest";
import { matchNames } from "../../src/core/models/checkpoint-names.ts";
import { parametersOf } from "../../src/core/models/classifier.ts";
import { architectures, baseConfig, encoderFor } from "../../src/core/models/registry.ts";

const wrapper = fc.constantFrom("", "module.", "_orig_mod.", "model.", "module._orig_mod.", "module.model.");

test.each(architectures)(
  "$modelType: every parameter is found under any of its names, in any order",
  ({ modelType }) => {
    const encoder = encoderFor(baseConfig(modelType));
    const parameters = parametersOf({ encoder, head: "huggingface", pooling: "cls", outputs: 2 });
    const bare = (name: string) =>
      name.startsWith(`${encoder.prefix}.`) ? name.slice(encoder.prefix.length + 1) : name;
    fc.assert(
      fc.property(wrapper, fc.boolean(), fc.boolean(), fc.boolean(), (prefix, isBare, isOld, isDoubled) => {
        const names = parameters.map(({ name, role }) => {
          const spelling = isBare ? bare(name) : name;
          if (!isOld || role !== "norm") return `${prefix}${spelling}`;
          return `${prefix}${spelling.replace(/\.weight$/, ".gamma").replace(/\.bias$/, ".beta")}`;
        });
        const buffers = [`${prefix}${encoder.prefix}.embeddings.position_ids`];
        // A second copy under a name that is further from a classifier's own never counts.
        const inEncoder = parameters.filter(({ name }) => bare(name) !== name);
        const copies = isDoubled && !isBare ? inEncoder.map(({ name }) => `model.module.${bare(name)}`) : [];
        const others = copies.filter((name) => !names.includes(name));
        const keys = [...others, ...names.toReversed(), ...buffers, "cls.predictions.bias"];
        const { parameters: found, unused } = matchNames(keys, parameters, encoder);
        expect(unused).toEqual(["cls.predictions.bias"]);
        expect(found.size).toBe(parameters.length);
        if (isOld) return;
        for (const [i, parameter] of parameters.entries()) expect(found.get(names[i]!)).toBe(parameter);
      }),
      { numRuns: 30, seed: 8 },
    );
  },
);
