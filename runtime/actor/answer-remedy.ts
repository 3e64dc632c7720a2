/** What to change where a model's answers give no pair. Pure. */

/** Actors that ask for a form, and can ask for less of it. */
const FORMS = ['actors.reviser', 'actors.judge'];

/**
 * @param key of the fleet, of who asks, such as `actors.judge`.
 * @param detail of the rejection, in the words of `parseRevision`, `parseJudgment`, `parseAnswer` and the endpoint.
 */
export const answerRemedy = (key: string, detail: string): string => {
  const less = FORMS.includes(key)
    ? `ask for less (${key}.form: plain, and ${key}.structured: true where the endpoint can hold answers to JSON)`
    : undefined;
  if (/is cut|within its reasoning/.test(detail))
    return [`raise ${key}.maxTokens`, ...(less === undefined ? [] : [less])].join(', or ');
  if (/called a tool/.test(detail)) return `choose another ${key}.model, or serve it without tools`;
  if (/is empty|follows its reasoning/.test(detail))
    return `raise ${key}.maxTokens, or turn its reasoning off (${key}.extraBody, if the endpoint has a field for it)`;
  if (/filter|declined/.test(detail)) return `choose another ${key}.model or other prompts`;
  if (/replyPattern/.test(detail)) return `let ${key}.replyPattern match what the model answers`;
  if (/line|solution|fence/.test(detail))
    return [
      ...(less === undefined ? [] : [less]),
      `choose a model (${key}.model) that keeps to the form in which it is asked to answer`,
    ].join(', or ');
  return `correct ${key} so that the endpoint takes its requests`;
};
