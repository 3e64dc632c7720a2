/** Reviser: completions → candidates, by minimal revisions of a stronger model behind an endpoint (CLAIR, Eq. 1). */
import {defer, type Observable, switchMap, tap} from 'rxjs';
import type {Completion} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {promptFileOf} from '../../runtime/actor/prompt-file.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {writeChosenWith} from '../../runtime/actor/write-chosen.js';
import {datasets} from '../../runtime/datasets.js';
import {heldFor} from '../../runtime/endpoints/ahead.js';
import {type Asking, openAsking} from '../../runtime/fleet/asking/open-asking.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {seedOf} from '../../runtime/seed.js';
import {
  exampleTurns,
  parseRevision,
  type RevisionReply,
  revisionAnswerForm,
  revisionPrompt,
} from './revise.js';

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, log} = context;
  return defer(() => openReviser(context)).pipe(
    switchMap(({asking, template}) => {
      const maxInFlight = heldFor(asking.settings.concurrency);
      return bus.deliveries('completions', {maxInFlight, drain$}).pipe(
        settle(reviseWith(context, asking, template), maxInFlight),
        tap((outcome) => {
          if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
        }),
      );
    }),
  );
};

/** Who is asked, and the user's own words for it, where the fleet has a file of them. */
const openReviser = async (context: ActorContext<Fleet>) => ({
  template: await promptFileOf('actors.reviser.promptFile', context.fleet.actors.reviser?.promptFile, [
    'prompt',
    'completion',
  ]),
  asking: await openAsking(context, 'reviser'),
});

const reviseWith = (context: ActorContext<Fleet>, asking: Asking, template: string | undefined) => {
  const {seed} = context.fleet;
  const revise = writeChosenWith(context, asking, {
    source: datasets.clair.source,
    metric: 'revisions',
    questionOf(completion) {
      const {promptId, completion: answer} = completion;
      // As the fleet is now: its instructions may change while it runs.
      const {examples = [], ...settings} = asking.fleet.actors.reviser ?? {};
      const words = {...settings, template};
      return {
        system: asking.settings.system,
        examples: exampleTurns(examples, words),
        prompt: revisionPrompt(completion, words),
        form: words.structured ? revisionAnswerForm(words.form) : undefined,
        seeds: [seedOf(seed, 'revision', promptId), seedOf(seed, 'revision', promptId, 'again')],
        read: (reply: RevisionReply) => parseRevision(reply, words, answer),
      };
    },
  });
  return (completion: Completion): Promise<Outcome> => context.timed('revising', () => revise(completion));
};

await runActor('reviser', loadFleet, start);
