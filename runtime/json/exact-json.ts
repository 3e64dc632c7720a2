/** JSON whose numbers keep what Python sees in them: `1.0` is a float, `1` an int, of any size. */

/** A number written as a float whose value is whole. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toJSON(): number {
    return this.value;
  }
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Whether a text may have a number that JSON.parse does not tell from another. */
const MAY_DIFFER = /\d[.eE]\d*|\d[eE][-+]|\d{16}/;
/** A key that no other object has: it stands for such a number while the text is parsed. */
const KEY = '\u0000number';

/**
 * A JSON text's value. Whole numbers that are written as floats are `Float`, those beyond 2^53 are bigint.
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  if (!MAY_DIFFER.test(text)) return JSON.parse(text);
  // The text is JSON, or this throws; so the pattern below meets whole strings and numbers only.
  JSON.parse(text);
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || isPlain(token) ? token : `{${JSON.stringify(KEY)}:"${token}"}`,
  );
  return JSON.parse(marked, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(KEY in value)) return value;
    const token = String(value[KEY]);
    return /[.eE]/.test(token) ? new Float(Number(token)) : BigInt(token);
  });
}

function isPlain(token: string): boolean {
  const value = Number(token);
  return /[.eE]/.test(token)
    ? !Number.isInteger(value) && Number.isFinite(value)
    : Number.isSafeInteger(value);
}
