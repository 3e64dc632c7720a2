/** What tells the items of suites apart, wherever their text lies: scores of two runs are compared item by item. */
import {createHash} from 'node:crypto';
/** Of each item in order: 16 digits of the SHA-256 of its turns, and how many had the same before it. */
export const itemIds = (
  items: readonly {readonly prompt: unknown; readonly followUps?: readonly unknown[] | undefined}[],
): string[] => {
  const seen = new Map<string, number>();
  return items.map(({prompt, followUps = []}) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([prompt, ...followUps]))
      .digest('hex')
      .slice(0, 16);
    const before = seen.get(hash) ?? 0;
    seen.set(hash, before + 1);
    return before === 0 ? hash : `${hash}-${before}`;
  });
};
