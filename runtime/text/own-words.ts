/** A user's own words for a model, and own pattern for its replies, in the place of those that an actor has. Pure. */
import {runInNewContext} from 'node:vm';

/** How long a pattern may look at one reply; a sound one takes a thousandth. */
const PATTERN_LIMIT_MS = 1000;

/**
 * Fills in the blanks of a template, each `{{name}}` in it, once read: what is filled in is not looked through again.
 */
export const filledIn = (template: string, texts: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{\{(\w+)\}\}/g, (blank, name: string) => texts[name] ?? blank);

export type Matched =
  | {readonly kind: 'groups'; readonly groups: Readonly<Record<string, string | undefined>>}
  | {readonly kind: 'malformed'; readonly detail: string};

/**
 * What the named groups of a pattern match in a reply. `.` matches line ends; `^` and `$` are the reply's own. A pattern that
 * would look for ever is ended after a second, and the reply counts as malformed.
 */
export const matchIn = (pattern: string, reply: string): Matched => {
  try {
    const found: unknown = runInNewContext(
      'Object.assign({}, new RegExp(pattern, "su").exec(reply)?.groups ?? {none: true})',
      {pattern, reply},
      {timeout: PATTERN_LIMIT_MS},
    );
    const groups = found as Readonly<Record<string, string | undefined>>;
    return 'none' in groups
      ? malformed('replyPattern does not match')
      : {kind: 'groups', groups: {...groups}};
  } catch (error) {
    return malformed(`replyPattern: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const malformed = (detail: string) => ({kind: 'malformed', detail}) as const;
