/** Text that is safe on a terminal. What models, endpoints and messages say may try to steer one. */

/**
 * Control characters (C0 but tab and newline, DEL, C1), line separators, and what turns the direction of text around: with
 * them a text could clear a terminal, write its title, or look like another one.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with such characters as JSON would write them, so that JSON stays the same. Tabs and newlines stay. */
export const plain = (text: string): string => text.replace(STEERING, escaped);

/** The same in one row. */
export const plainRow = (text: string): string => plain(text).replace(/[\t\n]/g, escaped);
