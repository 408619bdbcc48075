import { constant, ShapeError, type Tensor, topologicalOrder } from "./graph.ts";
import { add } from "./operators.ts";

/**
 * Reverse-mode differentiation: d loss / d parameter for each parameter, as new expressions of the same shapes.
 * Only paths that lead to a parameter are followed. Throws when the loss is not a single number or does not depend on a parameter.
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.shape.some((size) => size !== 1))
    throw new ShapeError("gradient", [loss.shape], "the loss must be one number");
  const order = topologicalOrder([loss]);
  const relevant = new Set<Tensor>(parameters);
  for (const tensor of order) if (tensor.inputs.some((source) => relevant.has(source))) relevant.add(tensor);

  const collected = new Map<Tensor, Tensor>([[loss, constant([1], loss.shape as number[])]]);
  for (const tensor of order.reverse()) {
    const outputGradient = collected.get(tensor);
    if (outputGradient === undefined || !relevant.has(tensor) || tensor.inputs.length === 0) continue;
    if (tensor.backward === undefined) throw new ShapeError(tensor.operation, [tensor.shape], "it has no gradient");
    tensor.backward(outputGradient, tensor).forEach((part, k) => {
      const source = tensor.inputs[k];
      if (part === undefined || !relevant.has(source)) return;
      const sum = collected.get(source);
      collected.set(source, sum === undefined ? part : add(sum, part));
    });
  }
  return parameters.map((parameter) => {
    const gradient = collected.get(parameter);
    if (gradient === undefined) {
      throw new ShapeError("gradient", [parameter.shape], `the loss does not depend on ${parameter.name ?? "it"}`);
    }
    return gradient;
  });
}
