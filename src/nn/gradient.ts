import {
  constant,
  type Gradient,
  integers,
  node,
  type PlacedGradient,
  type Tensor,
  topologicalOrder,
} from "./graph.ts";
import { add } from "./operators/arithmetic.ts";
import { concatenate } from "./operators/shapes.ts";
import { type Shape, ShapeError } from "./shape.ts";

/**
 * Reverse-mode differentiation: d loss / d parameter for each parameter, as new expressions of the same shapes.
 * Only paths that lead to a parameter are followed. Throws ShapeError when the loss is not a single number or does not
 * depend on a parameter.
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.shape.some((size) => size !== 1))
    throw new ShapeError("Gradient", [loss.shape], "the loss must be one number");
  const order = topologicalOrder([loss]);
  const relevant = new Set<Tensor>(parameters);
  for (const tensor of order) if (tensor.sources.some((source) => relevant.has(source))) relevant.add(tensor);

  const collected = new Map<Tensor, Gradient[]>([[loss, [constant([1], loss.shape as number[])]]]);
  const found = new Map<Tensor, Tensor>();
  for (const tensor of order.reverse()) {
    const parts = collected.get(tensor);
    if (parts === undefined || !relevant.has(tensor)) continue;
    const outputGradient = sumOf(parts, tensor.shape);
    found.set(tensor, outputGradient);
    collected.delete(tensor);
    if (tensor.sources.length === 0) continue;
    if (tensor.backward === undefined) throw new ShapeError(tensor.operation, [tensor.shape], "it has no gradient");
    tensor.backward(outputGradient, tensor).forEach((part, index) => {
      const source = tensor.sources[index];
      if (part === undefined || !relevant.has(source)) return;
      collected.set(source, [...(collected.get(source) ?? []), part]);
    });
  }
  return parameters.map((parameter) => {
    const gradient = found.get(parameter);
    if (gradient === undefined) {
      throw new ShapeError("Gradient", [parameter.shape], `the loss does not depend on ${parameter.name ?? "it"}`);
    }
    return gradient;
  });
}

const isPlaced = (gradient: Gradient): gradient is PlacedGradient => "part" in gradient;

function sumOf(parts: readonly Gradient[], shape: Shape): Tensor {
  const placed = parts.filter(isPlaced);
  const whole = parts.filter((part): part is Tensor => !isPlaced(part));
  const axes = [...new Set(placed.map(({ axis }) => axis))];
  for (const axis of axes) {
    const along = placed.filter((part) => part.axis === axis).sort((a, b) => a.start - b.start);
    whole.push(...layers(along).map((layer) => sideBySide(layer, axis, shape[axis] as number)));
  }
  return whole.reduce(add);
}

const endOf = ({ part, axis, start }: PlacedGradient): number => start + (part.shape[axis] as number);

/** Parts in the order of their starts, dealt out so that those of a layer do not overlap. */
function layers(parts: readonly PlacedGradient[]): PlacedGradient[][] {
  const dealt: PlacedGradient[][] = [];
  for (const part of parts) {
    const free = dealt.find((layer) => endOf(layer[layer.length - 1]) <= part.start);
    if (free) free.push(part);
    else dealt.push([part]);
  }
  return dealt;
}

/**
 * Parts that do not overlap, laid out along the axis with zeros between them. One Concat: padding each of T slices to the
 * full size and adding them up would cost T times the full size.
 */
function sideBySide(parts: readonly PlacedGradient[], axis: number, size: number): Tensor {
  const pieces = parts.map((placed, index) => {
    const before = placed.start - (index === 0 ? 0 : endOf(parts[index - 1]));
    const after = index === parts.length - 1 ? size - endOf(placed) : 0;
    return padded(placed.part, axis, { before, after });
  });
  return concatenate(pieces, axis);
}

function padded(part: Tensor, axis: number, { before, after }: { before: number; after: number }): Tensor {
  if (before === 0 && after === 0) return part;
  const pads = [before, after].flatMap((zeros) => part.shape.map((_, place) => (place === axis ? zeros : 0)));
  const size = (part.shape[axis] as number) + before + after;
  return node("Pad", [part, integers(pads)], part.shape.with(axis, size));
}
