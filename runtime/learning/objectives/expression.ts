/** How an objective is named: `apo_zero`, or a weighted sum such as `apo_zero+0.1*sft`. */
import {TerminalError} from '../../errors.js';

/** One objective of a sum. */
export interface Term {
  readonly name: string;
  /** Greater than 0. */
  readonly weight: number;
}

const TERM = /\s*(?:([\d.]+(?:e[+-]?\d+)?)\s*\*\s*)?([a-z][a-z0-9_]*)\s*(\+|$)/iy;

/**
 * The terms in the order they are written. Throws a `TerminalError` where the text is no such sum, names an objective twice,
 * or gives one a weight that is not above 0; whether the names are known is the caller's to check.
 */
export function parseExpression(expression: string): Term[] {
  const terms: Term[] = [];
  const pattern = new RegExp(TERM);
  let more = true;
  while (more) {
    const from = pattern.lastIndex;
    const [, weightText = '1', name, end] = pattern.exec(expression) ?? [];
    if (name === undefined) {
      throw new TerminalError(
        `"${expression}" is not an objective at "${expression.slice(from)}"; ` +
          'write one name, or a weighted sum such as apo_zero+0.1*sft',
      );
    }
    const weight = Number(weightText);
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new TerminalError(`${name} has the weight ${weightText}; greater than 0, or leave the term out`);
    if (terms.some((term) => term.name === name))
      throw new TerminalError(`${name} is named twice; once, with both weights added`);
    terms.push({name, weight});
    more = end === '+';
  }
  return terms;
}
