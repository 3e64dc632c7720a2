/** The policy in this process: its rows are shared by all prompts, and a checkpoint's weights take the place of those before. */
import {BehaviorSubject} from 'rxjs';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {resumeFrom} from '../../../runtime/fleet/checkpoints/checkpoints.js';
import {loadPolicy, policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import {samplerCache} from '../../../runtime/fleet/file/cache-memory.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {sampledAtOnce} from '../../../runtime/fleet/fleet-actors.js';
import {cacheLine} from '../../../runtime/model/generation/cache-memory.js';
import {createGenerator} from '../../../runtime/model/generation/generation.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import type {PolicyStamp} from '../requests.js';
import type {Policy} from './policy.js';

/** The weights are the generator's alone. */
export const openLocalPolicy = async (context: ActorContext<Fleet>): Promise<Policy> => {
  const {fleet, log} = context;
  const {executor, reason} = await openExecutor({
    backend: fleet.backend,
    device: fleet.device,
    threads: threadsOf(fleet, 'sampler'),
    precision: fleet.policy.samplingPrecision,
  });
  log.info({reason}, 'executor');
  const found = await resumeFrom(context, (checkpoint) => loadPolicy(context, fleet, checkpoint));
  const newest = found?.entry.message;
  const model = found?.restored ?? (await loadPolicy(context, fleet, undefined));
  const {policyVersion = 0, step = 0} = newest ?? {};
  const cache = samplerCache(fleet, model.config);
  log.info({holds: cacheLine(model.config, cache)}, 'cache');
  const {pickUp} = fleet.policy;
  const generator = await createGenerator(model, executor, cache, {policyVersion, pickUp});
  const {config, tokenizer} = model;
  return {
    tokenizer,
    // As many again as there are rows wait here, so that a row that ends never waits for the bus.
    maxInFlight: sampledAtOnce(fleet.actors),
    steps: new Map([[policyVersion, step]]),
    newest$: new BehaviorSubject<PolicyStamp>({policyVersion, step}),
    isAccounted: false,
    sample: async (requests) => ({kind: 'sampled', generations: await generator.generate(requests)}),
    async takeUp(checkpoint) {
      const weights = await policyWeights(context, fleet, checkpoint, config);
      generator.reload(weights, checkpoint.policyVersion);
      return true;
    },
    letGo: () => Promise.resolve(),
  };
};
