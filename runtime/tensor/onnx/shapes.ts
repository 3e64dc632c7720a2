/** Shapes as tensors of an ONNX model: of lengths that are known, and of those that a run tells. */
import {isVarying, type Length} from '../generalize.js';
import {int} from './operators/operator.js';
import type {Writer} from './writer.js';

/** Gives the names of shapes; see `Lowering.shapeOf`. */
export type ShapeNames = (shape: readonly number[], isWhole?: boolean) => string;

/** @param inputNamed the ONNX name of the graph's input of that name */
export function shapeNames(
  {emit, ints}: Writer,
  lengths: ReadonlyMap<number, Length>,
  inputNamed: (name: string) => string,
): ShapeNames {
  const lengthNames = new Map<number, string>();
  const names = new Map<string, string>();

  /** A tensor [1] of the length. */
  function lengthName(number: number, {input, axis, times, over}: Length): string {
    const known = lengthNames.get(number);
    if (known !== undefined) return known;
    let name = emit('Shape', [inputNamed(input)], {start: int(axis), end: int(axis + 1)});
    if (times !== 1) name = emit('Mul', [name, ints([times])]);
    if (over !== 1) name = emit('Div', [name, ints([over])]);
    lengthNames.set(number, name);
    return name;
  }

  function composed(shape: readonly number[]): string {
    const parts: string[] = [];
    let known: number[] = [];
    const finish = (): void => {
      if (known.length > 0) parts.push(ints(known));
      known = [];
    };
    for (const length of shape) {
      const told = lengths.get(length);
      if (told === undefined) known.push(isVarying(length) ? -1 : length);
      else {
        finish();
        parts.push(lengthName(length, told));
      }
    }
    finish();
    const [only = '', ...others] = parts;
    return others.length === 0 ? only : emit('Concat', parts, {axis: int(0)});
  }

  return (shape, isWhole = false) => {
    const varying = shape.filter(isVarying);
    // One is worked out by the reshape itself.
    if (!isWhole && varying.length <= 1)
      return ints(shape.map((length) => (isVarying(length) ? -1 : length)));
    const unknown = varying.filter((number) => !lengths.has(number));
    if (unknown.length > (isWhole ? 0 : 1)) throw new Error('a length that depends on sizes is no input’s');
    const key = String(shape);
    const name = names.get(key) ?? composed(shape);
    names.set(key, name);
    return name;
  };
}
