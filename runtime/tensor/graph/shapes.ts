/** Shapes as tensors of a lowered graph: of lengths that are known, and of those that a run tells. */
import {isVarying, type Length} from './generalize.js';

/** What a format has to write them with; each gives a name. */
export interface ShapeWriter {
  ints(values: readonly number[]): string;
  /** The length of a graph's input on one axis, as a tensor [1]. */
  lengthOf(input: string, axis: number): string;
  times(name: string, factor: number): string;
  over(name: string, divisor: number): string;
  joined(names: readonly string[]): string;
}

/**
 * Name of a shape. A length that varies and that no input tells is -1 in it, which a reshape works out: where there are two,
 * or one where it `isWhole`, it is an error.
 */
export type ShapeNames = (shape: readonly number[], isWhole?: boolean) => string;

/** @param lengths that an input tells, by the number that stands for them */
export function shapeNames(writer: ShapeWriter, lengths: ReadonlyMap<number, Length>): ShapeNames {
  const lengthNames = new Map<number, string>();
  const names = new Map<string, string>();

  function lengthName(number: number, {input, axis, times, over}: Length): string {
    const known = lengthNames.get(number);
    if (known !== undefined) return known;
    let name = writer.lengthOf(input, axis);
    if (times !== 1) name = writer.times(name, times);
    if (over !== 1) name = writer.over(name, over);
    lengthNames.set(number, name);
    return name;
  }

  function composed(shape: readonly number[]): string {
    const parts: string[] = [];
    let known: number[] = [];
    const finish = (): void => {
      if (known.length > 0) parts.push(writer.ints(known));
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
    return others.length === 0 ? only : writer.joined(parts);
  }

  return (shape, isWhole = false) => {
    const varying = shape.filter(isVarying);
    // One is worked out by the reshape itself.
    if (!isWhole && varying.length <= 1)
      return writer.ints(shape.map((length) => (isVarying(length) ? -1 : length)));
    const unknown = varying.filter((number) => !lengths.has(number));
    if (unknown.length > (isWhole ? 0 : 1)) throw new Error('a length that depends on sizes is no input’s');
    const key = String(shape);
    const name = names.get(key) ?? composed(shape);
    names.set(key, name);
    return name;
  };
}
