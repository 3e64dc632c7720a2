/** Whether an endpoint can be reached and knows the model, for the price of one list of models. */
import {type EndpointPlace, explain, remedyFor, settingOf} from './explain.js';
import {type Failure, oneLine} from './reply.js';

/**
 * `reason` is one line for a person. `unlisted`, and `model_missing` too, may still answer: some endpoints keep no list,
 * keep it from some keys, or serve more than they list; only a request tells.
 */
export type EndpointCheck =
  | {readonly kind: 'serves'; readonly models: readonly string[]}
  | {readonly kind: 'model_missing'; readonly models: readonly string[]; readonly reason: string}
  | {readonly kind: 'unlisted'; readonly reason: string}
  | {readonly kind: 'denied'; readonly reason: string}
  | {readonly kind: 'garbage'; readonly reason: string}
  | {readonly kind: 'unreachable'; readonly reason: string};

const DEADLINE_MS = 10_000;

/** Asks for `GET {baseUrl}/models`, once. */
export const checkEndpoint = async (
  place: EndpointPlace & {readonly apiKey: string | undefined},
  timeoutMs: number = DEADLINE_MS,
): Promise<EndpointCheck> => {
  // Commands that may ask an endpoint need the client only when they do.
  const {listModels} = await import('./chat.js');
  const reply = await listModels(place, timeoutMs);
  if (reply.kind !== 'models') {
    const kind = kindOf(reply);
    // What keeps no list may serve all the same: the remedy is for when it does not.
    const reason =
      kind === 'unlisted'
        ? `endpoint ${place.baseUrl} gives no list of its models: ${reply.reason}; where its answers fail too, ${remedyFor(place, reply)}`
        : explain(place, reply);
    return {kind, reason};
  }
  const {models} = reply;
  if (models.includes(place.model)) return {kind: 'serves', models};
  const some =
    models
      .slice(0, 5)
      .map((name) => oneLine(name))
      .join(', ') + (models.length > 5 ? ', …' : '');
  const reason = `endpoint ${place.baseUrl} does not list ${place.model} (${settingOf(place.askingKey, 'model')}) but: ${some || 'nothing'}`;
  return {kind: 'model_missing', models, reason};
};

const kindOf = ({kind, status}: Failure): 'unlisted' | 'denied' | 'garbage' | 'unreachable' => {
  if (status === 401) return 'denied';
  if (kind === 'garbage') return 'garbage';
  return status === undefined ? 'unreachable' : 'unlisted';
};
