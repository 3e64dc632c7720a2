/** What the sampler asks: the policy, in this process or behind an endpoint. */
import type {BehaviorSubject} from 'rxjs';
import type {Checkpoint, RejectionReason, Usage} from '../../../proto/messages.js';
import type {Generation, GenerationRequest} from '../../../runtime/model/generation/generation.js';
import type {Text} from '../../../runtime/model/text/conversations.js';
import type {Tokenizer} from '../../../runtime/model/text/tokenizer.js';
import type {PolicyStamp} from '../requests.js';

export type Sampled =
  | {
      readonly kind: 'sampled';
      readonly generations: readonly Generation[];
      /** What was asked for them, where that was an endpoint. */
      readonly usage?: Usage;
    }
  /** This prompt has no answer; others may. */
  | {readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string};

export interface Policy {
  readonly tokenizer: Tokenizer;
  /** Prompts in hand at once, those that wait here for their turn among them. */
  readonly maxInFlight: number;
  /** Optimizer steps of each policy that answers or may soon, by version. */
  readonly steps: Map<number, number>;
  /** The newest that was taken up. */
  readonly newest$: BehaviorSubject<PolicyStamp>;
  /** Whether the tokens that it answers are in the run's account of models already. */
  readonly isAccounted: boolean;
  /** All answers to one prompt, each by its seed. */
  sample(requests: readonly GenerationRequest[], prompt: Text): Promise<Sampled>;
  /**
   * Takes up a newer policy.
   *
   * @returns false where it cannot: the one before goes on answering, as its own version.
   */
  takeUp(checkpoint: Checkpoint): Promise<boolean>;
  /** Leaves nothing of this process behind. Nothing is sampled any more. */
  letGo(): Promise<void>;
}
