/** What is at hand to write one node of a recorded graph in TensorFlow operators. */
import type {Data} from '../../graph/graph.js';
import type {NodeFacts} from '../../graph/node-facts.js';
import type {ShapeNames} from '../../graph/shapes.js';
import type {ElementType, NodeAttribute, NodeAttributes} from '../format.js';

export interface Lowering extends NodeFacts {
  /** Name of the first input; empty for a node without inputs. */
  readonly input: string;
  /** Names of all inputs. */
  readonly inputs: readonly string[];
  /** The type in which products of matrices are computed. */
  readonly productType: 'float32' | 'bfloat16';

  /** Appends an operator and gives its first output's name. */
  emit(op: string, inputs: readonly string[], attributes: NodeAttributes): string;
  /** Appends an operator of `count` outputs. */
  emitMany(op: string, inputs: readonly string[], attributes: NodeAttributes, count: number): string[];
  /** The value in another type; one that was cast before is not cast again. */
  cast(name: string, from: ElementType, to: ElementType): string;

  /** As int32. */
  readonly shapeOf: ShapeNames;
  /** Names of constants: a list of int32 (axes, shapes, sizes), one number, any tensor. */
  ints(values: readonly number[]): string;
  scalar(value: number, dtype: ElementType): string;
  constant(shape: readonly number[], dtype: Exclude<ElementType, 'bfloat16'>, data: Data): string;
}

/** Gives the names of the node's outputs. */
export type Operator = (lowering: Lowering) => string | string[];
export type Operators = Readonly<Record<string, Operator>>;

export const type = (value: ElementType): NodeAttribute => ({type: value});
export const bool = (value: boolean): NodeAttribute => ({bool: value});

/** TensorFlow has the operator, under this name, with the inputs' type as its only attribute. */
export const direct =
  (op: string): Operator =>
  ({emit, inputs, inputType}) =>
    emit(op, inputs, {T: type(inputType)});

/** TensorFlow has the operators under the same names. */
export const sameName = (names: string): Operators =>
  Object.fromEntries(names.split(' ').map((op) => [op, direct(op)]));

export function typed(dtype: Exclude<ElementType, 'bfloat16'>, values: readonly number[]): Data {
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}
