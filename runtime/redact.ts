/**
 * What must not be said: the passwords, tokens and keys that this process was given. Whoever reads one calls `hide`; every
 * error of ours, every line and every log goes through `redacted`. Texts that a run is about, prompts and answers, do not.
 */

const HIDDEN = '[hidden]';
/** From so many characters on, a secret is found anywhere, also inside a word. */
const LONG = 8;
/** Shorter ones are words such as `none`, which stand for a key where none is asked for; they are hidden as whole words. */
const SHORT = 4;
/** So many characters are no word that a model would write by chance. */
const UNMISTAKABLE = 16;

/** So much of the beginning of an unmistakable one is hidden too, and so much more where it is there. */
const CUT = 12;
const MOST_OF_CUT = 64;

interface Form {
  readonly text: string;
  readonly pattern: RegExp;
}

const unmistakable = new Set<string>();
/** The longest first, for a part of one may be another. */
let forms: readonly Form[] = [];

/** Keeps a secret of this process out of what it says from now on, also as it stands in an address or in JSON. */
export const hide = (secret: string): void => {
  // Of several lines, such as a file of credentials, each may be said alone.
  const lines = secret.split('\n').filter((line) => line.trim().length >= UNMISTAKABLE);
  for (const each of [secret, ...lines].map((text) => text.trim())) {
    if (each.length >= UNMISTAKABLE) unmistakable.add(each);
    const json = JSON.stringify(each).slice(1, -1);
    for (const text of [each, encodeURIComponent(Buffer.from(each).toString()), json]) add(text);
  }
};

const add = (text: string): void => {
  if (text.length < SHORT || forms.some((form) => form.text === text)) return;
  const pattern = new RegExp(text.length < LONG ? `(?<!\\w)${exact(text)}(?!\\w)` : anyOf(text), 'g');
  forms = [...forms, {text, pattern}].sort((one, other) => other.text.length - one.text.length);
};

const exact = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** The whole, or what a text that was cut has of its beginning. */
const anyOf = (text: string): string => {
  if (text.length < UNMISTAKABLE) return exact(text);
  const more = [...text.slice(CUT, CUT + MOST_OF_CUT)].reduceRight(
    (rest, one) => `(?:${exact(one)}${rest})?`,
    '',
  );
  return `${exact(text)}|${exact(text.slice(0, CUT))}${more}`;
};

/** A user and a password before the host of an address; greedy, for a password may hold a slash or an @. */
const USER_INFO = /(:\/\/)[^\s"'`<>]+@/g;

/** A key in the query of an address. */
const QUERY = /([?&][\w.-]*(?:key|token|secret|password|signature)=)[^&\s"'`<>]+/gi;

/** The text with every secret of this process, and whatever credentials an address in it carries, made unreadable. */
export const redacted = (text: string): string => {
  let said = text.includes('@') ? text.replace(USER_INFO, `$1${HIDDEN}@`) : text;
  if (said.includes('=')) said = said.replace(QUERY, `$1${HIDDEN}`);
  for (const form of forms) said = said.replace(form.pattern, HIDDEN);
  return said;
};

/** Whether a text that must be carried as it is, such as a model's answer, has a secret of this process in it. */
export const holdsSecret = (text: string): boolean =>
  [...unmistakable].some((secret) => text.includes(secret));
