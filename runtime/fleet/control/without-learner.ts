/** Who decides on what is asked of a run that has no learner: settings change at once, and there are no steps to pause or save. */
import {concatMap, defer, finalize, ignoreElements, type Observable, switchMap} from 'rxjs';
import {Answer} from '../../../proto/messages.js';
import type {Bus} from '../../bus/bus.js';
import {followControls, type Heard} from './controls.js';
import {type Decision, decide, type LoggedControl} from './decisions.js';

/** The one step that settings of such a run begin with. */
const ONLY = {begun: 0, steps: 1};

/** Decides on everything that is asked, until it is unsubscribed from; never emits. */
export const decideWithoutLearner = (bus: Bus): Observable<never> =>
  defer(() => followControls(bus)).pipe(
    switchMap((controls) =>
      controls.heard$.pipe(
        concatMap((heard) => decideAll(bus, heard)),
        finalize(() => controls.close()),
      ),
    ),
    ignoreElements(),
  );

const decideAll = async (bus: Bus, heard: Heard): Promise<void> => {
  for (const asked of heard.controls) {
    const {revision} = asked;
    if (revision === 1 || heard.decisions.has(revision)) continue;
    const {accepted, step, reason} = decisionOn(asked, heard);
    const answer = accepted ? Answer.ANSWER_ACCEPTED : Answer.ANSWER_REFUSED;
    const message = {revision, actor: 'up', index: 0, answer, step, reason, timeUnixMs: Date.now()};
    await bus.publish('acknowledgements', message, `decision-${revision}`);
  }
};

const decisionOn = (asked: LoggedControl, heard: Heard): Decision =>
  asked.spec === undefined
    ? {accepted: false, step: 0, reason: 'the run has no learner, which alone does what is asked'}
    : decide(asked, heard, ONLY);
