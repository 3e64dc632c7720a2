/** How an actor of a fleet comes to ask models: its endpoint, what was answered before, and the run's account of it all. */
import type {ActorContext} from '../../actor/context.js';
import type {AskingActor} from '../../actors.js';
import {answersFolderOf, withAnswerCache} from '../../endpoints/answer-cache.js';
import {checkEndpoint} from '../../endpoints/check.js';
import {apiKeyFor, connectEndpoint, placeOf} from '../../endpoints/connect.js';
import {type Endpoint, type EndpointOptions, openEndpoint} from '../../endpoints/endpoint.js';
import {type EndpointLimits, moneyText, type Reached, type Use} from '../../endpoints/usage.js';
import {TerminalError} from '../../errors.js';
import {steered} from '../control/steered.js';
import type {Fleet} from '../file/schema.js';
import {type Ledger, openLedger} from './ledger.js';
import {currencyOf} from './spend.js';

type Settings = NonNullable<Fleet['actors'][AskingActor]>;

export interface Asking extends Endpoint {
  /** As the run began. */
  readonly settings: Settings;
  /** As it is now, with the changes that this actor works by; read anew for each message. */
  readonly fleet: Fleet;
}

/**
 * Opens the endpoint of an actor once it has answered something. Another model is asked only once its endpoint was seen to have
 * it. A reply is given when it is kept, and what it took is in the account.
 *
 * @throws TerminalError where the fleet has no such actor, or its endpoint cannot be asked.
 */
export const openAsking = async (context: ActorContext<Fleet>, actor: AskingActor): Promise<Asking> => {
  const begun = settingsOf(context.fleet, actor);
  const {runFolder, signal, log, warn: tell} = context;
  const place = placeOf(actor, begun, context.fleet.endpoints);
  const apiKey = apiKeyFor(place);
  const warn = (line: string) => log.warn(line);
  const limits = limitsOf(context.fleet, begun.endpoint);
  /** As the fleet is now; set once that is followed. */
  let now: {readonly fleet: Fleet} = context;
  const ledger = await openAccount(context, actor, () => now.fleet);
  const optionsFor = (settings: Settings): EndpointOptions => ({
    ...place,
    ...settings,
    apiKey,
    price: limits.price,
    budget: {
      claim: (question, until) => ledger.claim({...question, endpoint: begun.endpoint}, until),
    },
  });
  const kept = (endpoint: Endpoint, settings: Settings): Endpoint =>
    withAnswerCache(
      endpoint,
      {...settings, baseUrl: place.baseUrl},
      {folder: answersFolderOf(runFolder), warn},
    );
  let endpoint = kept(await connectEndpoint(optionsFor(begun), {signal, warn, tell}), begun);
  let {model} = begun;
  now = await steered(context, async (fleet) => {
    const settings = settingsOf(fleet, actor);
    if (settings.model === model) return;
    const check = await checkEndpoint({...place, model: settings.model, apiKey});
    if (check.kind !== 'serves' && check.kind !== 'unlisted') throw new TerminalError(check.reason);
    endpoint = kept(openEndpoint(optionsFor(settings), tell), settings);
    model = settings.model;
  });
  return {
    settings: begun,
    get fleet() {
      return now.fleet;
    },
    async complete(request) {
      const reply = await endpoint.complete(request);
      await ledger.settled();
      return reply;
    },
  };
};

const settingsOf = ({actors}: Fleet, actor: AskingActor): Settings => {
  const settings = actors[actor];
  if (settings !== undefined) return settings;
  throw new TerminalError(`actors.${actor}: the fleet has none; add it, with its endpoint and model`);
};

const limitsOf = ({endpoints}: Fleet, name: string): EndpointLimits => {
  const endpoint = endpoints[name];
  // What the demo teacher allows is its own to say.
  return endpoint === undefined || 'demo' in endpoint ? {price: endpoint?.price} : endpoint;
};

/** What was spent by a process of this name before is in the counts, so that none of it is lost with a process. */
const openAccount = async (
  {bus, name, index, count, warn}: ActorContext<Fleet>,
  actor: AskingActor,
  fleetNow: () => Fleet,
): Promise<Ledger> => {
  const add = ({promptTokens, completionTokens, cost}: Use): void => {
    count('tokens/prompt', promptTokens);
    count('tokens/completion', completionTokens);
    if (cost > 0) count('cost', cost);
  };
  const ledger = await openLedger({
    kv: bus.kv,
    process: `${name}-${index}`,
    limitsOf: (endpoint) => limitsOf(fleetNow(), endpoint),
    ceilings: () => ({run: fleetNow().spend?.ceiling, actor: fleetNow().actors[actor]?.spendCeiling}),
    onReached: (reached) => warn(reachedText(reached, currencyOf(fleetNow()) ?? '', bus.run)),
    onUsed: add,
  });
  add(ledger.before);
  return ledger;
};

/** What a person is told once. */
const reachedText = ({key, ceiling, spent}: Reached, currency: string, run: string): string =>
  `${moneyText(spent, currency)} are spent and ${key} is ${ceiling}: no model is asked until it is raised, ` +
  `such as by \`anchorage objective set --run ${run} --set ${key}=${2 * ceiling}\``;
