/**
 * The policy behind an endpoint, vLLM or SGLang: each checkpoint is an adapter that the server loads while it serves. What is
 * sampled is asked for by the tokens of the prompt, so that no other template comes between, and says the version it names.
 *
 * A server that takes up no adapters answers by the policy before training, and so do the answers say.
 */
import {BehaviorSubject} from 'rxjs';
import {RejectionReason} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {encodingCounted} from '../../../runtime/actor/encoding.js';
import {heldFor} from '../../../runtime/endpoints/ahead.js';
import type {EndpointReply} from '../../../runtime/endpoints/endpoint.js';
import type {Answer} from '../../../runtime/endpoints/reply.js';
import {usageOf, usageSum} from '../../../runtime/endpoints/usage.js';
import {TerminalError} from '../../../runtime/errors.js';
import {openAccount} from '../../../runtime/fleet/asking/open-asking.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import type {Steered} from '../../../runtime/fleet/control/steered.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {samplerAsks} from '../../../runtime/fleet/fleet-actors.js';
import {agreementOf, answeredBy, textsBy} from '../../../runtime/fleet/policy-endpoint/answered.js';
import {askByAdapters} from '../../../runtime/fleet/policy-endpoint/ask-adapter.js';
import {openPolicyServer} from '../../../runtime/fleet/policy-endpoint/open-policy.js';
import {readModelConfig} from '../../../runtime/model/files/config.js';
import type {GenerationRequest} from '../../../runtime/model/generation/generation.js';
import type {Text} from '../../../runtime/model/text/conversations.js';
import {loadTokenizer} from '../../../runtime/model/text/tokenizer.js';
import {watchFirstReplies} from '../first-replies.js';
import type {PolicyStamp} from '../requests.js';
import {BEFORE_TRAINING, openAdapters} from './open-adapters.js';
import type {Policy, Sampled} from './policy.js';

export const openEndpointPolicy = async (context: ActorContext<Fleet>, now: Steered): Promise<Policy> => {
  const {fleet, count, warn} = context;
  const asks = samplerAsks(fleet);
  if (asks === undefined) throw new TerminalError('actors.sampler.endpoint: the fleet has none');
  const {tokenizer, config} = await withFirstPolicy(context, fleet, async (folder) => ({
    tokenizer: await loadTokenizer(folder),
    config: await readModelConfig(folder),
  }));
  const {vocabSize} = config;
  const textOf = textsBy(tokenizer);
  const agreement = (answer: Answer, promptIds: readonly number[] = []) =>
    agreementOf(answer, promptIds, {textOf, vocabSize});
  const server = openPolicyServer(
    context,
    'sampler',
    asks,
    await openAccount(context, 'sampler', () => now.fleet),
    // What a server says that is mended later is asked for again.
    (answer, {promptIds}) => ['same', 'unknown'].includes(agreement(answer, promptIds)),
  );
  const endpoint = await server.answering(fleet.policy.maxCompletionTokens);
  const first = watchFirstReplies({
    baseUrl: server.baseUrl,
    model: server.model,
    policy: fleet.policy.model,
  });
  const adapters = await openAdapters(context, server, config);
  const {policyVersion, step} = adapters.began;
  const newest$ = new BehaviorSubject<PolicyStamp>({policyVersion, step});
  let saidUntold = false;
  const askOne = askByAdapters(context, server, adapters, tokenizer.endTokenIds, () => {
    // One that the server took up meanwhile goes on answering.
    if (adapters.newest() === undefined) newest$.next(BEFORE_TRAINING);
  });

  const sayUntold = (): void => {
    if (saidUntold) return;
    saidUntold = true;
    warn(
      `endpoint ${server.baseUrl} does not say which tokens it sampled: texts are encoded anew, and answers that are cut off at policy.maxCompletionTokens are rejected; vLLM says them from 0.10.2 on`,
    );
  };

  const read = (
    replies: readonly EndpointReply[],
    requests: readonly GenerationRequest[],
    prompt: Text,
    version: number,
  ): Sampled => {
    const options = fleet.policy;
    const generations = [];
    for (const [index, reply] of replies.entries()) {
      const request = requests[index];
      if (request === undefined) throw new Error(`of ${requests.length} requests there is none at ${index}`);
      if (reply.kind === 'refused') return rejected(RejectionReason.REJECTION_REASON_ENDPOINT, reply.reason);
      first.agreed(agreement(reply, request.promptIds));
      const asked = {tokenizer, textOf, vocabSize, prompt, options, policyVersion: version};
      const encoded = encodingCounted(context, tokenizer, options, () => answeredBy(reply, request, asked));
      if (encoded.kind === 'odd')
        return rejected(RejectionReason.REJECTION_REASON_UNREADABLE, encoded.detail);
      const answered = encoded.value;
      if (reply.text !== '' && (reply.tokenIds ?? []).length === 0) sayUntold();
      if (answered.kind === 'truncated')
        return rejected(RejectionReason.REJECTION_REASON_TRUNCATED, answered.reason);
      if (!answered.isExact) count('completions/untold_tokens');
      generations.push(answered.generation);
    }
    const usage = usageSum(replies.map((reply) => (reply.kind === 'answer' ? usageOf(reply) : null)));
    return {kind: 'sampled', generations, usage};
  };

  return {
    tokenizer,
    maxInFlight: heldFor(asks.concurrency),
    steps: new Map([
      [0, 0],
      [policyVersion, step],
    ]),
    newest$,
    isAccounted: true,
    sample: (requests, prompt) =>
      adapters.byNewest(async (adapter) => {
        // All of them end before the adapter is let go of.
        const ended = await Promise.allSettled(
          requests.map((request) => askOne(endpoint, request, prompt, adapter)),
        );
        const replies = ended.map((each) => {
          if (each.status === 'rejected') throw each.reason;
          return each.value;
        });
        const sampled = read(replies, requests, prompt, adapter?.policyVersion ?? 0);
        if (sampled.kind === 'sampled') first.usable();
        else first.unusable(sampled.detail);
        return sampled;
      }),
    takeUp: adapters.takeUpCheckpoint,
    letGo: adapters.letGo,
  };
};

const rejected = (reason: RejectionReason, detail: string): Sampled => ({kind: 'rejected', reason, detail});
