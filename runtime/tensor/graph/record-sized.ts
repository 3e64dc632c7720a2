/** The graph of a function of any sizes. */
import type {SizedFunction, Sizes, TensorSpec} from '../executor.js';
import {generalize, type SizedGraph} from './generalize.js';
import {record} from './record.js';
import {simplify} from './simplify.js';

/** Two examples of sizes that are 1 nowhere and equal nowhere, nor are their products. */
const EXAMPLES = [
  [7, 13, 19, 29, 37, 43, 53],
  [11, 17, 23, 31, 41, 47, 59],
] as const;

/** Simplified. @throws where `fn` does something else for other sizes. */
export function recordSized<S extends string, I extends string, O extends string>(
  fn: SizedFunction<S, I, O>,
  state: Readonly<Record<string, TensorSpec>>,
  fusions?: ReadonlySet<string>,
): SizedGraph {
  const [first, second] = EXAMPLES.map((lengths) => {
    const sizes = Object.fromEntries(fn.sizes.map((name, index) => [name, lengths[index] ?? 0]));
    return simplify(record(fn.at(sizes as Sizes<S>), state, fusions));
  });
  if (first === undefined || second === undefined) throw new Error('two examples are needed');
  return generalize(first, second);
}
