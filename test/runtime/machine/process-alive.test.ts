/** A process id is given to others later: start and place tell them apart. */
import test from 'ava';
import {lifeOf, ownIdentity} from '../../../runtime/machine/process-alive.js';

const own = ownIdentity();

test('a process is alive in its place, with its id and its start', (t) => {
  t.is(lifeOf(own), 'alive');
});

test('a process whose id has been given to another is gone', (t) => {
  // A system that does not tell when a process started knows its id alone.
  const {startTicks} = own;
  const later = startTicks === undefined ? undefined : startTicks + 1;
  t.is(lifeOf({...own, startTicks: later}), later === undefined ? 'alive' : 'gone');
});

test('a process whose id nobody has is gone', (t) => {
  // No process has the largest id there can be.
  t.is(lifeOf({...own, pid: 2 ** 22 + 1}), 'gone');
});

test('of a process on another machine, or from before this one started again, nothing is known', (t) => {
  t.is(lifeOf({...own, place: 'another'}), 'elsewhere');
});
