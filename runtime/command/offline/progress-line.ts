/** What a command shows while it works: one line in place on a terminal, a line every ten seconds where it is piped. */
import {say} from '../../output.js';
import {liveText} from '../terminal.js';

const REFRESH_MS = 100;
const PLAIN_LINE_MS = 10_000;

export interface ProgressLine {
  /** Shows how far it is, at the next moment when it is time for that. */
  show(line: string): void;
  /** Writes a line that stays. */
  print(line: string): void;
  /** Takes the passing line away. */
  end(): void;
}

export const progressLine = (): ProgressLine => {
  const live = process.stdout.isTTY ? liveText() : undefined;
  const print = live?.print ?? say;
  let newest: {readonly line: string; readonly at: number} | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  const showInPlace = (line: string): void => {
    const now = performance.now();
    if (now - shownAt < REFRESH_MS) return;
    shownAt = now;
    live?.show([line]);
  };
  // By a clock, and not when something is done: who reads a log wants to know that a long step goes on.
  const timer = setInterval(() => {
    if (newest === undefined) return;
    const seconds = Math.round((performance.now() - newest.at) / 1000);
    print(seconds < PLAIN_LINE_MS / 1000 ? newest.line : `${newest.line}; nothing new for ${seconds} s`);
  }, PLAIN_LINE_MS);
  timer.unref();
  if (live !== undefined) clearInterval(timer);
  return {
    show(line) {
      newest = {line, at: performance.now()};
      if (live !== undefined) showInPlace(line);
    },
    print(line) {
      // What it stands for is said: a passing line of before is old.
      newest = undefined;
      print(line);
    },
    end() {
      clearInterval(timer);
      live?.show([]);
      live?.end();
    },
  };
};
