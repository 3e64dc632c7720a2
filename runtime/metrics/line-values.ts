/** What stands in lines of a run's folder, as their schemas have it. */
import * as z from 'zod';

/** As a proto's uint32. */
export const count = z
  .int()
  .nonnegative()
  .max(2 ** 32 - 1);
export const text = z.string();

/** The value of an enum by its word in a line: `revision` for `PREFERENCE_SOURCE_REVISION`. */
export const wordOf = <T extends number>(values: Readonly<Record<string, T | string>>, prefix: string) =>
  text.transform((word, context): T => {
    const value = values[`${prefix}${word.toUpperCase()}`];
    if (typeof value === 'number') return value;
    context.addIssue(`${JSON.stringify(word)} is no word of this version`);
    return z.NEVER;
  });

export const turn = z.strictObject({role: text, content: text});
