/** What to change where a model's answers give no pair, or no verdict. Pure. */
import {settingOf} from '../endpoints/explain.js';

/** Those that ask for a form, and can ask for less of it: a recipe's reviser and judge, and the judges of suites. */
const ASKS_FOR_FORM = /(?:^actors\.reviser|\bjudge)$/;

/** In which form they are asked already. */
export interface AskedForm {
  readonly form?: string | undefined;
  readonly structured?: boolean | undefined;
  /** The user's own, which reads an answer whatever the form. */
  readonly replyPattern?: string | undefined;
}

/**
 * @param key of the fleet, of who asks, such as `actors.judge` or `evaluation.judge`; or what a command's options begin with, such
 * as `--judge`.
 * @param detail of the rejection, in the words of `parseRevision`, `parseJudgment`, `parseAnswer`, `unscoredBecause` and the endpoint.
 * @param asked what is set already is not advised.
 */
export const answerRemedy = (key: string, detail: string, asked: AskedForm = {}): string => {
  const own = (name: string): string => settingOf(key, name);
  const isOption = key.startsWith('-');
  const less = ASKS_FOR_FORM.test(key) ? lessOf(key, asked) : [];
  if (/is cut|within its reasoning/.test(detail)) return [`raise ${own('maxTokens')}`, ...less].join(', or ');
  if (/called a tool/.test(detail)) return `choose another ${own('model')}, or serve it without tools`;
  if (/is empty|follows its reasoning/.test(detail))
    return isOption
      ? `raise ${own('maxTokens')}, or choose another ${own('model')}`
      : `raise ${own('maxTokens')}, or turn its reasoning off (${own('extraBody')}, if the endpoint has a field for it)`;
  if (/filter|declined|blocked/.test(detail)) return `choose another ${own('model')} or other prompts`;
  if (/replyPattern/.test(detail)) return `let ${own('replyPattern')} match what the model answers`;
  if (/line|solution|fence|cannot be read/.test(detail))
    return [
      ...less,
      ...(asked.structured === true && NO_JSON.test(detail) ? [HOLDS_NONE] : []),
      `choose a model (${own('model')}) that keeps to the form in which it is asked to answer`,
    ].join(', or ');
  if (/broken off/.test(detail)) return 'see what its server says of it';
  return `correct ${key} so that the endpoint takes its requests`;
};

const lessOf = (key: string, {form, structured, replyPattern}: AskedForm): string[] => {
  const [toForm, toStructured] = key.startsWith('-') ? [' plain', ''] : [': plain', ': true'];
  const less = [
    ...(form === 'plain' ? [] : [settingOf(key, 'form') + toForm]),
    ...(structured === true
      ? []
      : [`${settingOf(key, 'structured')}${toStructured} where the endpoint can hold answers to JSON`]),
  ];
  return replyPattern !== undefined || less.length === 0 ? [] : [`ask for less (${less.join(', and ')})`];
};

/** Said of lines, which an answer that is held to JSON does not come to. */
const NO_JSON = /^no line|^its lines/;
const HOLDS_NONE =
  'choose an endpoint that holds answers to JSON, which this one does not, whatever response_format says';
