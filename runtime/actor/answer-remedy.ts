/** What to change where a model's answers give no pair, or no verdict. Pure. */
import {settingOf} from '../endpoints/explain.js';

/** Those that ask for a form, and can ask for less of it: a recipe's reviser and judge, and the judges of suites. */
const ASKS_FOR_FORM = /(?:^actors\.reviser|\bjudge)$/;

/**
 * @param key of the fleet, of who asks, such as `actors.judge` or `evaluation.judge`; or what a command's options begin with, such
 * as `--judge`.
 * @param detail of the rejection, in the words of `parseRevision`, `parseJudgment`, `parseAnswer`, `unscoredBecause` and the endpoint.
 */
export const answerRemedy = (key: string, detail: string): string => {
  const own = (name: string): string => settingOf(key, name);
  const isOption = key.startsWith('-');
  const less = ASKS_FOR_FORM.test(key)
    ? isOption
      ? `ask for less (${own('form')} plain, and ${own('structured')} where the endpoint can hold answers to JSON)`
      : `ask for less (${own('form')}: plain, and ${own('structured')}: true where the endpoint can hold answers to JSON)`
    : undefined;
  if (/is cut|within its reasoning/.test(detail))
    return [`raise ${own('maxTokens')}`, ...(less === undefined ? [] : [less])].join(', or ');
  if (/called a tool/.test(detail)) return `choose another ${own('model')}, or serve it without tools`;
  if (/is empty|follows its reasoning/.test(detail))
    return isOption
      ? `raise ${own('maxTokens')}, or choose another ${own('model')}`
      : `raise ${own('maxTokens')}, or turn its reasoning off (${own('extraBody')}, if the endpoint has a field for it)`;
  if (/filter|declined|blocked/.test(detail)) return `choose another ${own('model')} or other prompts`;
  if (/replyPattern/.test(detail)) return `let ${own('replyPattern')} match what the model answers`;
  if (/line|solution|fence|cannot be read/.test(detail))
    return [
      ...(less === undefined ? [] : [less]),
      `choose a model (${own('model')}) that keeps to the form in which it is asked to answer`,
    ].join(', or ');
  if (/broken off/.test(detail)) return 'see what its server says of it';
  return `correct ${key} so that the endpoint takes its requests`;
};
