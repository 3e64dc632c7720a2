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
import {countAnswer} from '../../../runtime/endpoints/answer-cache.js';
import type {EndpointReply} from '../../../runtime/endpoints/endpoint.js';
import type {Answer} from '../../../runtime/endpoints/reply.js';
import {RetryableError} from '../../../runtime/errors.js';
import {openPolicyEndpoint} from '../../../runtime/fleet/asking/open-policy.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import type {Steered} from '../../../runtime/fleet/control/steered.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {readModelConfig} from '../../../runtime/model/files/config.js';
import type {GenerationRequest} from '../../../runtime/model/generation/generation.js';
import {type Text, transcriptOf} from '../../../runtime/model/text/conversations.js';
import {loadTokenizer} from '../../../runtime/model/text/tokenizer.js';
import {agreementOf, answeredBy, samplingBody, textsBy} from '../answered.js';
import {watchFirstReplies} from '../first-replies.js';
import type {PolicyStamp} from '../requests.js';
import type {Adapter} from './kept-adapters.js';
import {BEFORE_TRAINING, openAdapters} from './open-adapters.js';
import type {Policy, Sampled} from './policy.js';

/** Of a request that is turned away because its adapter is not there: the server may be started again more than once. */
const TRIES = 3;

export const openEndpointPolicy = async (context: ActorContext<Fleet>, now: Steered): Promise<Policy> => {
  const {fleet, count, signal, warn} = context;
  const {tokenizer, config} = await withFirstPolicy(context, fleet, async (folder) => ({
    tokenizer: await loadTokenizer(folder),
    config: await readModelConfig(folder),
  }));
  const {vocabSize} = config;
  const textOf = textsBy(tokenizer);
  const agreement = (answer: Answer, promptIds: readonly number[] = []) =>
    agreementOf(answer, promptIds, {textOf, vocabSize});
  const endpoint = await openPolicyEndpoint(
    context,
    () => now.fleet,
    // What a server says that is mended later is asked for again.
    (answer, {promptIds}) => ['same', 'unknown'].includes(agreement(answer, promptIds)),
  );
  const first = watchFirstReplies({
    baseUrl: endpoint.baseUrl,
    model: endpoint.model,
    policy: fleet.policy.model,
  });
  const adapters = await openAdapters(context, endpoint, config);
  const {policyVersion, step} = adapters.began;
  const newest$ = new BehaviorSubject<PolicyStamp>({policyVersion, step});
  let saidOtherModel = false;
  let saidUntold = false;

  /** Asks once more where the server had forgotten the adapter. */
  const ask = async (
    request: GenerationRequest,
    prompt: Text,
    adapter: Adapter | undefined,
  ): Promise<EndpointReply> => {
    for (let tries = 1; ; tries += 1) {
      const seen = adapter === undefined ? 0 : adapters.loadsOf(adapter);
      const named =
        adapter === undefined ? {model: endpoint.model, body: {}} : endpoint.adapters.naming(adapter.name);
      const reply = await endpoint.complete({
        model: named.model,
        prompt: transcriptOf(prompt),
        promptIds: request.promptIds,
        body: {...samplingBody(request, tokenizer.endTokenIds), ...named.body},
        seed: request.seed,
        signal,
      });
      if (reply.kind === 'answer') {
        countAnswer(count, reply);
        if (adapter !== undefined && reply.model !== named.model && !saidOtherModel) {
          saidOtherModel = true;
          warn(
            `endpoint ${endpoint.baseUrl} names its answers ${reply.model}, and ${named.model} was asked: see that it serves adapters`,
          );
        }
        return reply;
      }
      if (adapter === undefined || tries === TRIES) return reply;
      switch (await adapters.loadedAgain(adapter, seen)) {
        case 'loaded':
          continue;
        case 'there':
          return reply;
        case 'gone':
          // One that the server took up meanwhile goes on answering.
          if (adapters.newest() === undefined) newest$.next(BEFORE_TRAINING);
          throw new RetryableError(`${adapter.name} is not there any more: ${reply.reason}`);
      }
    }
  };

  const sayUntold = (): void => {
    if (saidUntold) return;
    saidUntold = true;
    warn(
      `endpoint ${endpoint.baseUrl} does not say which tokens it sampled: texts are encoded anew, and answers that are cut off at policy.maxCompletionTokens are rejected; vLLM says them from 0.10.2 on`,
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
    return {kind: 'sampled', generations};
  };

  return {
    tokenizer,
    maxInFlight: heldFor(fleet.actors.sampler.concurrency),
    steps: new Map([
      [0, 0],
      [policyVersion, step],
    ]),
    newest$,
    isAccounted: true,
    sample: (requests, prompt) =>
      adapters.byNewest(async (adapter) => {
        // All of them end before the adapter is let go of.
        const ended = await Promise.allSettled(requests.map((request) => ask(request, prompt, adapter)));
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
  };
};

const rejected = (reason: RejectionReason, detail: string): Sampled => ({kind: 'rejected', reason, detail});
