import onnxProto from "onnx-proto";
import { type ElementType, type Tensor, topologicalOrder } from "./graph.ts";
import { onnxElementTypes } from "./operators/logic.ts";
import type { Shape } from "./shape.ts";

const { onnx } = onnxProto;
const opset = 18;
const irVersion = 8;
const attributeType = { integer: 2, text: 3, graph: 5, integers: 7 } as const;

export type Named = Readonly<Record<string, Tensor>>;

/** A loop over the first axis of `sequences`, carrying `state` from one step to the next: ONNX's Scan. */
export interface Loop {
  /** Inputs of the body that carry state, in order, and what they become. */
  readonly state: readonly { input: Tensor; next: Tensor }[];
  /** Inputs of the body that get one slice per step; fed under the same name with a leading axis. */
  readonly sequences: readonly Tensor[];
  /** What every step reports; stacked along a leading axis. */
  readonly reports: Named;
}

/** Writes expressions as an ONNX model with the given inputs and named outputs. */
export function writeModel(inputs: readonly Tensor[], outputs: Named): Uint8Array {
  return encode(graphOf("model", inputs, outputs));
}

/**
 * Writes a loop as an ONNX model: inputs are `tables` (read by the body as they are), the state under its input names,
 * and the sequences; outputs are the final state as `<name>_next`, and the reports.
 */
export function writeLoopModel(tables: readonly Tensor[], loop: Loop): Uint8Array {
  const next = Object.fromEntries(loop.state.map(({ input, next }) => [`${input.name}_next`, next]));
  const body = graphOf(
    "body",
    [...loop.state.map(({ input }) => input), ...loop.sequences],
    { ...next, ...loop.reports },
    "body_",
  );
  const stateNames = loop.state.map(({ input }) => input.name as string);
  const sequences = loop.sequences.map((tensor) => ({ ...tensor, shape: ["steps", ...tensor.shape] }));
  const outer = [...tables, ...loop.state.map(({ input }) => input), ...sequences];
  const outputs = [
    ...loop.state.map(({ input }) => valueInfo(`${input.name}_next`, input.shape, input.elementType)),
    ...Object.entries(loop.reports).map(([name, tensor]) =>
      valueInfo(name, ["steps", ...tensor.shape], tensor.elementType),
    ),
  ];
  const scan = onnx.NodeProto.create({
    opType: "Scan",
    name: "loop",
    input: [...stateNames, ...loop.sequences.map(({ name }) => name as string)],
    output: outputs.map(({ name }) => name as string),
    attribute: [
      { name: "body", type: attributeType.graph, g: body },
      { name: "num_scan_inputs", type: attributeType.integer, i: loop.sequences.length },
    ],
  });
  return encode(
    onnx.GraphProto.create({
      name: "training",
      node: [scan],
      input: outer.map((tensor) => valueInfo(tensor.name as string, tensor.shape, tensor.elementType)),
      output: outputs,
    }),
  );
}

function encode(graph: onnxProto.onnx.IGraphProto): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion,
    producerName: "longrun",
    opsetImport: [{ domain: "", version: opset }],
    graph,
  });
  return onnx.ModelProto.encode(model).finish();
}

/** Inputs that are not declared keep their name: in a loop's body they are the outer graph's values. */
function graphOf(name: string, inputs: readonly Tensor[], outputs: Named, prefix = ""): onnxProto.onnx.IGraphProto {
  const names = new Map<Tensor, string>();
  const nodes: onnxProto.onnx.INodeProto[] = [];
  const initializers: onnxProto.onnx.ITensorProto[] = [];
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    const own = tensor.name ?? `${prefix}${names.size}`;
    names.set(tensor, own);
    if (tensor.operation === "Input") continue;
    if (tensor.operation === "Constant") initializers.push(tensorProto(own, tensor));
    else {
      nodes.push({
        opType: tensor.operation,
        name: own,
        input: tensor.inputs.map((source) => names.get(source) as string),
        output: [own],
        attribute: Object.entries(tensor.attributes).map(([key, value]) => attribute(key, value)),
      });
    }
  }
  // An output may be an input, a constant, or named twice: an Identity gives each its own name.
  for (const [outputName, tensor] of Object.entries(outputs)) {
    nodes.push({
      opType: "Identity",
      name: `${prefix}${outputName}`,
      input: [names.get(tensor) as string],
      output: [outputName],
    });
  }
  return onnx.GraphProto.create({
    name,
    node: nodes,
    initializer: initializers,
    input: inputs.map((tensor) => valueInfo(tensor.name as string, tensor.shape, tensor.elementType)),
    output: Object.entries(outputs).map(([key, tensor]) => valueInfo(key, tensor.shape, tensor.elementType)),
  });
}

function tensorProto(name: string, { data, shape, elementType }: Tensor): onnxProto.onnx.ITensorProto {
  const { buffer, byteOffset, byteLength } = data!;
  const rawData = new Uint8Array(buffer, byteOffset, byteLength);
  return { name, dims: shape as number[], dataType: onnxElementTypes[elementType], rawData };
}

function valueInfo(name: string, shape: Shape, elementType: ElementType): onnxProto.onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: onnxElementTypes[elementType], shape: { dim } } } };
}

function attribute(name: string, value: number | readonly number[] | string): onnxProto.onnx.IAttributeProto {
  if (typeof value === "number") return { name, type: attributeType.integer, i: value };
  if (typeof value === "string") return { name, type: attributeType.text, s: new TextEncoder().encode(value) };
  return { name, type: attributeType.integers, ints: [...value] };
}
