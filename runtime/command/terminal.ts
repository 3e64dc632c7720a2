/** Text that stays in place on a terminal. */
import {safe, safeRow} from '../output.js';

export interface LiveText {
  /** Replaces what was shown before. Lines are cut to the terminal's width, so that each keeps to one row. */
  show(lines: readonly string[]): void;
  /** Writes a line that stays, above what is shown. */
  print(line: string): void;
  /** Leaves what is shown where it is. */
  end(): void;
}

const UP_AND_CLEAR = '\u001b[1A\u001b[2K';

export const liveText = (out: NodeJS.WriteStream = process.stdout): LiveText => {
  let shown: readonly string[] = [];
  const clear = () => UP_AND_CLEAR.repeat(shown.length);
  const draw = () => shown.map((line) => `${line.slice(0, Math.max(1, out.columns - 1))}\n`).join('');
  return {
    show: (lines) => {
      // More rows than the terminal has could not be cleared again.
      const rows = lines.slice(0, Math.max(1, (out.rows || 24) - 2)).map(safeRow);
      const before = clear();
      shown = rows;
      out.write(before + draw());
    },
    print: (line) => {
      out.write(`${clear()}${safe(line)}\n${draw()}`);
    },
    end: () => {
      shown = [];
    },
  };
};
