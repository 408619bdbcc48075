import { expect, it } from "vitest";
import type { TrainedNetwork } from "../models/value-network.ts";
import { forecastByMembers } from "./members.ts";
import type { Subject } from "./subject.ts";

const network = (featureNames: readonly string[]) =>
  ({ onnx: new Uint8Array(0), card: { kind: "value-network", featureNames } }) as unknown as TrainedNetwork;
const subject = { featureNames: ["ordersTotal", "valueTotal"] } as unknown as Subject;
const forecast = (featureNames: readonly string[]) =>
  forecastByMembers({ network: network(featureNames) } as never, subject, {
    horizonsDays: [30],
    annualDiscountRate: 0,
  });

it("refuses a network whose card names features that are gone, by their names", async () => {
  await expect(forecast(["ordersTotal", "moonPhase", "valueTotal"])).rejects.toMatchObject({
    kind: "model",
    code: "features_gone",
    details: { features: ["moonPhase"] },
  });
});

it("refuses a network whose features stand in another order, or are fewer", async () => {
  for (const names of [["valueTotal", "ordersTotal"], ["ordersTotal"]]) {
    await expect(forecast(names)).rejects.toMatchObject({ code: "foreign_network" });
  }
});
