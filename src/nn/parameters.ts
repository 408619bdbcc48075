import type { Random } from "../base/random.ts";
import { constant, type Tensor } from "./graph.ts";
import { reshape, slice } from "./operators/shapes.ts";
import { elementCount } from "./shape.ts";

/** What a network learns: an array of numbers with its shape. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Whether weight decay pulls it towards 0; biases and the gains of a normalisation are left alone. */
  readonly decays: boolean;
}

/**
 * Parameters as a network groups them: layers in objects, stacks of layers in lists. Plain data, so a tree can go to a
 * worker, and training takes a tree and returns one of the same form.
 */
export type ParameterTree = Parameter | readonly ParameterTree[] | { readonly [name: string]: ParameterTree };

/** The same tree with a tensor in the place of each parameter: what a layer computes with. */
export type Weights<Tree> = Tree extends Parameter ? Tensor : { readonly [Name in keyof Tree]: Weights<Tree[Name]> };

const isParameter = (tree: ParameterTree): tree is Parameter =>
  "values" in tree && (tree as Parameter).values instanceof Float32Array;

/** All parameters in the order in which the tree was written. */
export function parametersOf(tree: ParameterTree): Parameter[] {
  return isParameter(tree) ? [tree] : Object.values(tree).flatMap(parametersOf);
}

/** The tree with every parameter replaced. */
function mapTree(tree: ParameterTree, replace: (parameter: Parameter) => unknown): unknown {
  if (isParameter(tree)) return replace(tree);
  if (Array.isArray(tree)) return tree.map((branch) => mapTree(branch, replace));
  return Object.fromEntries(Object.entries(tree).map(([name, branch]) => [name, mapTree(branch, replace)]));
}

/** Parameters as constants of a model that is served. */
export function constantWeights<Tree extends ParameterTree>(tree: Tree): Weights<Tree> {
  return mapTree(tree, ({ values, shape }) => constant(values, shape)) as Weights<Tree>;
}

/** How many numbers a tree holds. */
export function parameterCount(tree: ParameterTree): number {
  return parametersOf(tree).reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** All values one after another: training moves one vector, whatever the network's layers are. */
export function flatValues(tree: ParameterTree): Float32Array {
  const flat = new Float32Array(parameterCount(tree));
  let offset = 0;
  for (const { values } of parametersOf(tree)) {
    flat.set(values, offset);
    offset += values.length;
  }
  return flat;
}

/** The tree with values read from a flat vector. */
export function withValues<Tree extends ParameterTree>(tree: Tree, flat: Float32Array): Tree {
  let offset = 0;
  return mapTree(tree, (parameter) => {
    const end = offset + elementCount(parameter.shape);
    const values = flat.slice(offset, end);
    offset = end;
    return { ...parameter, values };
  }) as Tree;
}

/** Weights as pieces of a flat tensor (count). */
export function flatWeights<Tree extends ParameterTree>(tree: Tree, flat: Tensor): Weights<Tree> {
  let start = 0;
  return mapTree(tree, ({ shape }) => {
    const end = start + elementCount(shape);
    const piece = reshape(slice(flat, { axis: 0, start, end }), shape);
    start = end;
    return piece;
  }) as Weights<Tree>;
}

/** Normal with variance 2/inputs, for layers before a ReLU (He et al. 2015, eq. 10). */
export function heNormal(shape: readonly [number, number], random: Random): Parameter {
  return drawn(shape, () => Math.sqrt(2 / shape[0]) * random.normal());
}

/** Uniform with variance 2/(inputs + outputs), for layers before a saturating function (Glorot & Bengio 2010, eq. 16). */
export function glorotUniform(shape: readonly [number, number], random: Random): Parameter {
  const bound = Math.sqrt(6 / (shape[0] + shape[1]));
  return drawn(shape, () => bound * (2 * random.uniform() - 1));
}

/** Normal with a given deviation. */
export function normalParameter(shape: readonly number[], deviation: number, random: Random): Parameter {
  return drawn(shape, () => deviation * random.normal());
}

const drawn = (shape: readonly number[], draw: () => number): Parameter => ({
  shape,
  values: Float32Array.from({ length: elementCount(shape) }, draw),
  decays: true,
});

/** A bias or a gain: the same value everywhere, and never decayed. */
export function filledParameter(shape: readonly number[], value: number): Parameter {
  return { shape, values: new Float32Array(elementCount(shape)).fill(value), decays: false };
}
