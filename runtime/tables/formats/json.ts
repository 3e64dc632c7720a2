/** All numbers of a table, for programs. Pure. */
import type {GridReport} from '../grid-report.js';

export const jsonTable = ({
  name,
  suite,
  table,
  breakdown,
  metrics,
  curves,
  runs,
  leftOut,
  notes,
}: GridReport): string => {
  const {items, seeds, base, rows, missing} = table;
  const value = {
    name,
    suite,
    items,
    leftOut,
    notes,
    seeds,
    runs,
    base,
    rows,
    missing,
    ...(breakdown && {breakdown}),
    ...(metrics && {metrics}),
    curves,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
};
