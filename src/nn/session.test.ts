import { describe, expect, it } from "vitest";
import { constant, input } from "./graph.ts";
import { writeModel } from "./onnx-model.ts";
import { multiply } from "./operators/arithmetic.ts";
import { matmul } from "./operators/matrix-product.ts";
import { openServedModel } from "./session.ts";

const features = input("features", ["rows", 3]);
const model = writeModel([features], { mean: matmul(features, constant([1, 2, 3], [3, 1])) });
const signature = { inputs: { features: 3 }, outputs: ["mean"] };

describe("a model read from a file", () => {
  it("runs when it takes and gives what the signature says", async () => {
    const session = await openServedModel(model, signature);
    const { mean } = await session.run({ features: { data: Float32Array.of(1, 1, 1, 0, 0, 2), shape: [2, 3] } });
    await session.release();
    expect([...mean.data]).toEqual([6, 6]);
  });

  it("is refused when it was cut short anywhere", async () => {
    for (let length = 0; length < model.length; length++) {
      await expect(openServedModel(model.slice(0, length), signature), `${length} bytes`).rejects.toMatchObject({
        kind: "model",
        code: "unreadable_network",
        details: { bytes: length },
      });
    }
  });

  it("is refused when it is no model at all", async () => {
    const text = new TextEncoder().encode("customer_id,value\n1,2\n");
    await expect(openServedModel(text, signature)).rejects.toMatchObject({ code: "unreadable_network" });
  });

  it.each([
    ["other inputs", { ...signature, inputs: { tokens: 3 } }],
    ["another width", { ...signature, inputs: { features: 4 } }],
    ["other outputs", { ...signature, outputs: ["mean", "sigma"] }],
  ])("is refused when it has %s, naming what it has", async (_, wanted) => {
    await expect(openServedModel(model, wanted)).rejects.toMatchObject({
      code: "foreign_network",
      details: { found: "features[rows, 3] → mean" },
    });
  });

  it("is refused when it wants more than one input", async () => {
    const two = writeModel([features, input("scale", [])], { mean: multiply(features, input("scale", [])) });
    await expect(openServedModel(two, signature)).rejects.toMatchObject({ code: "foreign_network" });
  });
});
