/** What a command shows while it works: one line in place on a terminal, a line every few seconds where it is piped. */
import {say} from '../../output.js';
import {liveText} from '../terminal.js';

const REFRESH_MS = 100;
const PLAIN_LINE_MS = 5000;

export interface ProgressLine {
  /** Shows how far it is, unless it was shown just before. */
  show(line: string): void;
  /** Writes a line that stays. */
  print(line: string): void;
  /** Takes the passing line away. */
  end(): void;
}

export const progressLine = (): ProgressLine => {
  const live = process.stdout.isTTY ? liveText() : undefined;
  const print = live?.print ?? say;
  // A piped command that is done within the first interval has nothing to say of its progress.
  let shownAt = live === undefined ? performance.now() : Number.NEGATIVE_INFINITY;
  return {
    show(line) {
      const now = performance.now();
      if (now - shownAt < (live === undefined ? PLAIN_LINE_MS : REFRESH_MS)) return;
      shownAt = now;
      if (live === undefined) print(line);
      else live.show([line]);
    },
    print,
    end() {
      live?.show([]);
      live?.end();
    },
  };
};
