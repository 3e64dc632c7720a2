/** Columns that hold what ours hold under other names. */
const PROMPTS = ['question', 'instruction', 'query', 'input', 'problem', 'messages', 'conversations', 'text'];

/** What to do about a row without a `prompt`, such as `rename "question" to "prompt"`; undefined where nothing stands for one. */
export function promptRemedy(row: object): string | undefined {
  const column = PROMPTS.find((name) => name in row);
  if (column === undefined) return undefined;
  return `there is a column "${column}": rename it to "prompt", if it is that`;
}
