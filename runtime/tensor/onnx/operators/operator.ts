/** What is at hand to write one node of a recorded graph in ONNX operators. */
import type {Data} from '../../graph/graph.js';
import type {NodeFacts} from '../../graph/node-facts.js';
import type {ShapeNames} from '../../graph/shapes.js';
import type {ElementType, OnnxAttribute} from '../format.js';

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface Lowering extends NodeFacts {
  /** Name of the first input; empty for a node without inputs. */
  readonly input: string;
  /** Names of all inputs. */
  readonly inputs: readonly string[];

  /** Appends an operator of one output and gives that output's name. */
  emit(op: string, inputs: readonly string[], attributes?: OnnxAttributes, domain?: string): string;
  /** Appends an operator of `count` outputs. */
  emitMany(
    op: string,
    inputs: readonly string[],
    attributes: OnnxAttributes,
    count: number,
    domain?: string,
  ): string[];
  /**
   * Appends both and has a run do one of them, as a bool of one entry says, and gives the name of what comes out. What they
   * make is theirs: names of shapes that others read too are asked for before.
   */
  choose(condition: string, dtype: ElementType, then: () => string, otherwise: () => string): string;
  cast(name: string, dtype: ElementType): string;

  /** As int64. */
  readonly shapeOf: ShapeNames;
  /** Names of constants: a list of int64 (axes, shapes, sizes), one number, any tensor. */
  ints(values: readonly number[]): string;
  scalar(value: number, dtype: ElementType): string;
  constant(shape: readonly number[], dtype: ElementType, data: Data | BigInt64Array): string;
}

/** Gives the names of the node's outputs. */
export type Operator = (lowering: Lowering) => string | string[];
export type Operators = Readonly<Record<string, Operator>>;

export const int = (value: number | boolean): OnnxAttribute => ({int: Number(value)});

/** ONNX has the operator, under this name. */
export const direct =
  (op: string): Operator =>
  ({emit, inputs}) =>
    emit(op, inputs);

/** ONNX has the operators under the same names. */
export const sameName = (names: string): Operators =>
  Object.fromEntries(names.split(' ').map((op) => [op, direct(op)]));

export function typed(dtype: ElementType, values: readonly number[]): Data | BigInt64Array {
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}
