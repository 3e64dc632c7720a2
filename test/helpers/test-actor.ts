/** An actor whose fleet says how it behaves: what tests of lifecycle start as a process. */
import {readFile} from 'node:fs/promises';
import {concat, defer, EMPTY, NEVER, type Observable, takeUntil, throwError} from 'rxjs';
import type {ActorContext} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {TerminalError} from '../../runtime/errors.js';
import {checkpointMessage} from './checkpoint-message.js';

export type Behaviour =
  | 'end'
  | 'wait'
  | 'fatal'
  | 'fatal_then_crash'
  | 'crash'
  | 'abort'
  | 'complete'
  | 'stuck';

const start = (context: ActorContext<{readonly behaviour: Behaviour}>): Observable<unknown> => {
  const {bus, fleet, drain$, signal} = context;
  switch (fleet.behaviour) {
    case 'end':
      return EMPTY;
    case 'wait':
      return concat(
        defer(() => context.timed('sampling', async () => context.report({ready: 1}))),
        NEVER.pipe(takeUntil(drain$)),
      );
    case 'fatal':
      return throwError(() => new TerminalError('the key is refused; give another'));
    case 'fatal_then_crash':
      return throwError(() => {
        setImmediate(() => void Promise.reject(new TypeError('what was under way has no connection')));
        return new TerminalError('the key is refused; give another');
      });
    case 'crash':
      return throwError(() => new TypeError('nothing is not a function'));
    case 'abort':
      context.report({ready: 1});
      return defer(
        () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
    case 'stuck':
      context.report({ready: 1});
      return NEVER;
    case 'complete':
      return defer(async () => {
        const stamps = {step: 7, policyVersion: 1, weightsSha256: ''};
        await bus.publish('checkpoints', checkpointMessage(7, {policyVersion: 1, final: true}), 'step-7');
        await bus.kv.put('progress', {...stamps, steps: 7, pairSequence: 0, phase: 'complete'});
        await bus.publish(
          'scores',
          {...stamps, suite: 'arithmetic', score: 1, items: 1, seconds: 0},
          'test-1',
        );
      });
  }
};

await runActor('sampler', async (path) => JSON.parse(await readFile(path, 'utf8')), start);
