/** How an actor of a fleet comes to ask models: its endpoint, what was answered before, and the run's account of it all. */
import type {ActorContext} from '../../actor/context.js';
import type {Asker, AskingActor} from '../../actors.js';
import {answersFolderOf, type SharedAnswers, withAnswerCache} from '../../endpoints/answer-cache.js';
import {checkEndpoint} from '../../endpoints/check.js';
import {connectEndpoint} from '../../endpoints/connect.js';
import {type Endpoint, type EndpointOptions, openEndpoint} from '../../endpoints/endpoint.js';
import {openFailover, type Route} from '../../endpoints/failover.js';
import {isSameEverywhere} from '../../endpoints/local.js';
import {apiKeyFor, placeOf} from '../../endpoints/place.js';
import {withPrice} from '../../endpoints/priced.js';
import {type EndpointLimits, moneyText, type Reached, type Use} from '../../endpoints/usage.js';
import {messageOf, RetryableError, TerminalError} from '../../errors.js';
import {steered} from '../control/steered.js';
import type {Fleet} from '../file/schema.js';
import {type AskedEndpoint, endpointsOf} from '../fleet-actors.js';
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
 * Opens the endpoints of an actor once one of them has answered something, or is waited for. Another model is asked only once an
 * endpoint was seen to have it. A reply is given when it is kept, and what it took is in the account.
 *
 * @param isNeeded whether the run cannot do without: where it can, endpoints that cannot be asked are opened all the same.
 * @throws TerminalError where the fleet has no such actor, or none of its endpoints can ever be asked and `isNeeded`.
 */
export const openAsking = async (
  context: ActorContext<Fleet>,
  actor: AskingActor,
  {isNeeded = true}: {readonly isNeeded?: boolean} = {},
): Promise<Asking> => {
  const begun = settingsOf(context.fleet, actor);
  const {warn: tell} = context;
  /** As the fleet is now; set once that is followed. */
  let now: {readonly fleet: Fleet} = context;
  const ledger = await openAccount(context, actor, () => now.fleet);
  const shared = (await context.bus.answers.isThere()) ? context.bus.answers : undefined;
  const openRoute = routesWith(context, actor, ledger, shared);
  const begunRoutes = endpointsOf(begun).map((asked) => openRoute(begun, asked));
  let endpoint = asOne(await connected(begunRoutes, isNeeded), tell);
  let {model} = begun;
  now = await steered(context, async (fleet) => {
    const settings = settingsOf(fleet, actor);
    if (settings.model === model) return;
    const routes = endpointsOf(settings).map((asked) => openRoute(settings, asked));
    const checks = await Promise.all(routes.map(({options}) => checkEndpoint(options)));
    const lacking = checks.flatMap((check) =>
      check.kind === 'serves' || check.kind === 'unlisted' ? [] : [check.reason],
    );
    if (lacking.length === routes.length) throw new TerminalError(lacking.join('; '));
    endpoint = asOne(
      routes.map((route) => route.opened()),
      tell,
    );
    model = settings.model;
  });
  return {
    // Another model's, once that was taken up.
    ...onceSettled({complete: (request) => endpoint.complete(request)}, ledger),
    settings: begun,
    get fleet() {
      return now.fleet;
    },
  };
};

const asOne = (routes: readonly Route[], tell: (line: string) => void): Endpoint => {
  const [only, ...others] = routes;
  return only !== undefined && others.length === 0 ? only : openFailover(routes, tell);
};

/** A way to one endpoint that is not open yet. */
interface Unopened {
  readonly options: EndpointOptions;
  /** Rejects where it cannot be asked. */
  connect(): Promise<Route>;
  /** The same without asking, for a reason that is known. */
  opened(problem?: string): Route;
}

/**
 * All of them, those that cannot be asked now to be left out for a while; rejects where one `isNeeded` and none may answer by
 * itself later.
 */
const connected = async (routes: readonly Unopened[], isNeeded: boolean): Promise<Route[]> => {
  const tried = await Promise.allSettled(routes.map((route) => route.connect()));
  const failed = tried.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const isHopeless =
    failed.length === routes.length && !failed.some((reason) => reason instanceof RetryableError);
  if (isNeeded && isHopeless) throw failed[0];
  return routes.map((route, index) => {
    const each = tried[index];
    return each?.status === 'fulfilled' ? each.value : route.opened(messageOf(each?.reason));
  });
};

const routesWith = (
  {fleet, runFolder, signal, log, warn: tell}: ActorContext<Fleet>,
  actor: AskingActor,
  ledger: Ledger,
  shared: SharedAnswers | undefined,
) => {
  const warn = (line: string) => log.warn(line);
  return (settings: Settings, {endpoint: name, model, weight}: AskedEndpoint): Unopened => {
    const asked = {...settings, endpoint: name, model};
    const place = placeOf(actor, asked, fleet.endpoints);
    const options: EndpointOptions = {
      ...place,
      ...asked,
      apiKey: apiKeyFor(place),
      ...accountedBy(ledger, fleet, name),
      hasOthers: (settings.endpoints?.length ?? 1) > 1,
    };
    const cache = {
      folder: answersFolderOf(runFolder),
      shared: sharesAnswers(fleet, name) ? shared : undefined,
      warn,
    };
    const routed = (endpoint: Endpoint, problem?: string): Route => ({
      ...withPrice(withAnswerCache(endpoint, options, cache), options.price),
      ...{name: place.endpointKey, weight, problem},
    });
    return {
      options,
      connect: async () => routed(await connectEndpoint(options, {signal, warn, tell, isWaitedFor: true})),
      opened: (problem) => routed(openEndpoint(options, tell), problem),
    };
  };
};

/** Not unless told where its address may be another server on another machine: another model may have the same name there. */
export const sharesAnswers = ({endpoints}: Pick<Fleet, 'endpoints'>, name: string): boolean => {
  const endpoint = endpoints[name];
  if (endpoint === undefined || 'demo' in endpoint) return false;
  return endpoint.shareAnswers ?? isSameEverywhere(endpoint.baseUrl);
};

const settingsOf = ({actors}: Fleet, actor: AskingActor): Settings => {
  const settings = actors[actor];
  if (settings !== undefined) return settings;
  throw new TerminalError(`actors.${actor}: the fleet has none; add it, with its endpoint and model`);
};

/** What requests to an endpoint of the fleet cost, and who lets them go. */
export const accountedBy = (
  ledger: Ledger,
  fleet: Fleet,
  name: string,
): Pick<EndpointOptions, 'price' | 'budget'> => ({
  price: limitsOf(fleet, name).price,
  budget: {claim: (question, until) => ledger.claim({...question, endpoint: name}, until)},
});

/** Gives a reply when what it took is in the account. */
export const onceSettled = (endpoint: Endpoint, ledger: Pick<Ledger, 'settled'>): Endpoint => ({
  async complete(request) {
    const reply = await endpoint.complete(request);
    await ledger.settled();
    return reply;
  },
});

/** What a fleet says of an endpoint. */
export const limitsOf = ({endpoints}: Fleet, name: string): EndpointLimits => {
  const endpoint = endpoints[name];
  // What the demo teacher allows is its own to say.
  return endpoint === undefined || 'demo' in endpoint ? {price: endpoint?.price} : endpoint;
};

/** What was spent by a process of this name before is in the counts, so that none of it is lost with a process. */
export const openAccount = async (
  {bus, name, index, count, warn}: ActorContext<Fleet>,
  actor: Asker,
  fleetNow: () => Fleet,
): Promise<Ledger> => {
  const add = ({requests, promptTokens, completionTokens, cost}: Use): void => {
    if (requests > 0) count('endpoint/requests', requests);
    count('tokens/prompt', promptTokens);
    count('tokens/completion', completionTokens);
    if (cost > 0) count('cost', cost);
  };
  const ledger = await openLedger({
    kv: bus.kv,
    process: `${name}-${index}`,
    limitsOf: (endpoint) => limitsOf(fleetNow(), endpoint),
    ceilings: () => ({
      run: fleetNow().spend?.ceiling,
      actor: fleetNow().actors[actor]?.spendCeiling,
    }),
    onReached: (reached) => {
      if (actor !== 'evaluator') warn(reachedText(reached, currencyOf(fleetNow()) ?? '', bus.run));
    },
    onUsed: add,
    ...(actor === 'evaluator' && {
      // The training does not wait for a score, and the end of a run would wait for one without end.
      refusal: ({key, ceiling, spent}: Reached) =>
        new TerminalError(
          `${moneyText(spent, currencyOf(fleetNow()) ?? '')} are spent and ${key} is ${ceiling}; ` +
            'score it by `anchorage eval`, or begin the next run with more',
        ),
    }),
  });
  add(ledger.before);
  return ledger;
};

/** What a person is told once. */
const reachedText = ({key, ceiling, spent}: Reached, currency: string, run: string): string =>
  `${moneyText(spent, currency)} are spent and ${key} is ${ceiling}: no model is asked until it is raised, ` +
  `such as by \`anchorage objective set --run ${run} --set ${key}=${2 * ceiling}\``;
