/**
 * One graph for all sizes, from the graphs of two: what differs between them must be a length in a shape. That the two
 * are otherwise equal is checked, so a function that does something else for other sizes is refused.
 *
 * Lengths that differ are told apart by their values in both: the sizes of the two are chosen so that no two lengths of
 * different meaning agree in both.
 */
import {type Data, type Graph, type Node, type Value, valueAt} from './graph.js';

/** A length that is known only when the graph runs: a share of one of an input's lengths. */
export interface Length {
  /** The graph's input of that name. */
  readonly input: string;
  readonly axis: number;
  /** length = the input's · times / over, a whole number. */
  readonly times: number;
  readonly over: number;
}

export interface SizedGraph extends Graph {
  /** By the number below zero that stands for the length in shapes; those that no input tells are not among them. */
  readonly lengths: ReadonlyMap<number, Length>;
}

/** Whether a length in a shape of a sized graph differs from run to run; equal numbers are equal lengths. */
export const isVarying = (length: number): boolean => length < 0;

/** @throws where the graphs differ in more than lengths, naming the operation. */
export function generalize(first: Graph, second: Graph): SizedGraph {
  const {length} = first.nodes;
  if (length !== second.nodes.length)
    throw new Error(`${length} operations for some sizes, ${second.nodes.length} for others`);
  const numbers = numbering();
  const values = first.values.map((value, id) => withVarying(value, valueAt(second, id), numbers.of));
  for (const [index, node] of first.nodes.entries()) assertSame(node, second.nodes[index]);
  for (const [id, data] of first.constants) {
    if (!sameData(data, second.constants.get(id))) throw new Error('a constant differs between sizes');
  }
  return {...first, values, lengths: numbers.known(inputLengths(first, second))};
}

/** A length's values for both sizes. */
type Both = readonly [first: number, second: number];

/** Numbers below zero for lengths that differ. */
function numbering() {
  const numbers = new Map<string, number>();
  return {
    of([first, second]: Both): number {
      if (first === second) return first;
      const key = `${first},${second}`;
      const number = numbers.get(key) ?? -1 - numbers.size;
      numbers.set(key, number);
      return number;
    },
    /** Those that are a share of an input's length: of the one itself where there is such. */
    known(inputs: readonly (Pick<Length, 'input' | 'axis'> & {readonly both: Both})[]): Map<number, Length> {
      const lengths = new Map<number, Length>();
      for (const [key, number] of numbers) {
        const [first = 0, second = 0] = key.split(',').map(Number);
        const related = inputs.filter(({both}) => both[0] * second === both[1] * first);
        const [source] = related.sort(
          (one, other) => distance(one.both, first) - distance(other.both, first),
        );
        if (source === undefined) continue;
        const {input, axis, both} = source;
        const divisor = greatestCommonDivisor(first, both[0]);
        lengths.set(number, {input, axis, times: first / divisor, over: both[0] / divisor});
      }
      return lengths;
    },
  };
}

const distance = ([first]: Both, wanted: number): number => Math.abs(Math.log(first / wanted));

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

const inputLengths = (first: Graph, second: Graph) =>
  [...first.inputs].flatMap(([input, id]) =>
    valueAt(first, id).shape.flatMap((length, axis) => {
      const other = valueAt(second, id).shape[axis] ?? length;
      return length === other ? [] : [{input, axis, both: [length, other] as const}];
    }),
  );

function withVarying(value: Value, other: Value, numberOf: (both: Both) => number): Value {
  if (value.dtype !== other.dtype || value.shape.length !== other.shape.length)
    throw new Error(
      `${value.dtype} [${value.shape}] for some sizes, ${other.dtype} [${other.shape}] for others`,
    );
  const shape = value.shape.map((length, axis) => numberOf([length, other.shape[axis] ?? length]));
  return {shape, dtype: value.dtype};
}

function assertSame(node: Node, other: Node | undefined): void {
  if (JSON.stringify(node) !== JSON.stringify(other))
    throw new Error(
      `${node.op} is not the same for all sizes: ${JSON.stringify(node)} and ${JSON.stringify(other)}`,
    );
}

const sameData = (data: Data, other: Data | undefined): boolean =>
  other !== undefined && data.length === other.length && data.every((value, i) => Object.is(value, other[i]));
