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

/** What such files have between their secrets, which stands in many others: `-----BEGIN ...`, and rows of stars. */
const BORDER = /^\s*(?:-----|\*{5})/;

interface Form {
  readonly text: string;
  readonly pattern: RegExp;
}

/** Of secrets that no model writes by chance, each way of writing the whole. */
let unmistakable: readonly RegExp[] = [];
/** The longest first, for a part of one may be another. */
let forms: readonly Form[] = [];

/** Keeps a secret of this process out of what it says from now on, also as it stands in an address, in JSON or in base64. */
export const hide = (secret: string): void => {
  // Of several lines, such as a file of credentials, each may be said alone.
  const lines = secret.trim().split('\n');
  const parts =
    lines.length === 1
      ? lines
      : [secret, ...lines.filter((line) => line.trim().length >= UNMISTAKABLE)].filter(
          (part) => !BORDER.test(part),
        );
  for (const each of parts.map((text) => text.trim())) {
    add(each);
    add(JSON.stringify(each).slice(1, -1));
    if (each.length >= UNMISTAKABLE) for (const text of inBase64(each)) add(text);
  }
};

const add = (text: string): void => {
  if (text.length < SHORT || forms.some((form) => form.text === text)) return;
  const pattern = new RegExp(text.length < LONG ? `(?<!\\w)${whole(text)}(?!\\w)` : anyOf(text), 'g');
  forms = [...forms, {text, pattern}].sort((one, other) => other.text.length - one.text.length);
  if (text.length >= UNMISTAKABLE) unmistakable = [...unmistakable, new RegExp(whole(text))];
};

/** What base64 makes of a secret, wherever in a longer text it stands, without the digits that its neighbours share. */
const inBase64 = (secret: string): string[] =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const [begin, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return bytes.toString('base64').slice(begin, end);
  });

const exact = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** Of the digits of base64, those that addresses have others for. */
const IN_ADDRESSES: Readonly<Record<string, string>> = {'+': '[+-]', '/': '[/_]'};

/** A character as it is, or as an address, JSON or HTML may have it. */
const written = (one: string): string => {
  if (/^[a-z\d]$/i.test(one)) return one;
  const code = one.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16));
  const percent = anyCase(Buffer.from(one).toString('hex').replace(/../g, '%$&'));
  return `(?:\\\\?${IN_ADDRESSES[one] ?? exact(one)}|${percent}|\\\\u0*${hex}|&#(?:[xX]0*${hex}|0*${code});)`;
};
const whole = (text: string): string => [...text].map(written).join('');

/** The whole, or what a text that was cut has of its beginning. */
const anyOf = (text: string): string => {
  if (text.length < UNMISTAKABLE) return whole(text);
  const more = [...text.slice(CUT, CUT + MOST_OF_CUT)].reduceRight(
    (rest, one) => `(?:${written(one)}${rest})?`,
    '',
  );
  return `${whole(text)}|${whole(text.slice(0, CUT))}${more}`;
};

/** What follows the scheme of an address. It is taken to its end at once, so that a text of many schemes is read once. */
const AFTER_SCHEME = /(:\/\/)([^\s"'`<>]+)/g;

/** Without a user and a password before the host; to the last `@`, for a password may hold a slash or an @. */
const withoutUser = (address: string, scheme: string, rest: string): string => {
  const end = rest.lastIndexOf('@');
  return end < 1 ? address : `${scheme}${HIDDEN}${rest.slice(end)}`;
};

/** A key in the query of an address. */
const QUERY = /([?&][\w.-]*(?:key|token|secret|password|signature)=)[^&\s"'`<>]+/gi;

/** The text with every secret of this process, and whatever credentials an address in it carries, made unreadable. */
export const redacted = (text: string): string => {
  let said = text.includes('@') ? text.replace(AFTER_SCHEME, withoutUser) : text;
  if (said.includes('=')) said = said.replace(QUERY, `$1${HIDDEN}`);
  for (const form of forms) said = said.replace(form.pattern, HIDDEN);
  return said;
};

/** Whether a text that must be carried as it is, such as a model's answer, has a secret of this process in it. */
export const holdsSecret = (text: string): boolean => unmistakable.some((pattern) => pattern.test(text));
