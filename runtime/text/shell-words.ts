/** A command line that can be pasted into a shell. */

/** The words of a command, each quoted where it must be. */
export const shellWords = (words: readonly string[]): string =>
  words
    .map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');

/** What runs our command here: what npm runs finds that of the checkout, which is on nobody's PATH, through npx. */
export const ourCommand = (): string[] =>
  process.env.npm_execpath === undefined ? ['anchorage'] : ['npx', 'anchorage'];
