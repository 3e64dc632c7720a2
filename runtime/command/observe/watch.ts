/** `anchorage watch`. */
import {Command} from 'commander';
import {filter, finalize, fromEvent, interval, lastValueFrom, merge, NEVER, take, takeUntil, tap} from 'rxjs';
import type {Alert, MetricRow} from '../../../proto/messages.js';
import {alertText} from '../../alerts/look-out.js';
import type {RunChoice} from '../../fleet/run/find-run.js';
import {isProcessAlive} from '../../machine/process-alive.js';
import {metricComplaint, metricMeanings} from '../../metrics/names.js';
import {metricRows$} from '../../metrics/stream.js';
import {complain, say} from '../../output.js';
import {withRun, withRunOptions} from '../options/run-options.js';
import {liveText} from '../terminal.js';

interface WatchOptions extends RunChoice {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** A row as it is shown, and what `--json` prints. */
interface Row {
  readonly time: number;
  readonly actor: string;
  readonly index: number;
  readonly step?: number;
  readonly policyVersion?: number;
  readonly objective?: string;
  readonly objectiveRevision?: number | null | undefined;
  readonly values: Readonly<Record<string, number>>;
}

/** What becomes of what comes. */
interface Shown {
  row(row: Row): void;
  alert(alert: Alert): void;
}

/** Among the metrics, the word for what is seen of reward hacking. */
const ALERTS = 'alerts';
const LIVENESS_MS = 1000;

export const watchCommand = (): Command =>
  withRunOptions(new Command('watch'))
    .argument(
      '[metric...]',
      'only these, such as loss rewards/margins score alerts; a trailing * matches the rest of a name',
    )
    .option('--json', 'one JSON object for each row')
    .option('--all', 'begin with the first row of the run')
    .addHelpText(
      'after',
      `
Examples:
  anchorage watch
  anchorage watch loss 'rewards/*'
  anchorage watch score --json --all

Metrics:
${Object.entries(metricMeanings)
  .map(([metric, meaning]) => `  ${metric.padEnd(22)}${meaning}`)
  .join('\n')}`,
    )
    .action((metrics: string[], {json = false, all = false, ...choice}: WatchOptions) =>
      withRun(choice, async (bus, {pid}) => {
        // What is not in the table may come all the same: it is waited for.
        for (const metric of metrics) {
          const complaint = metric === ALERTS ? undefined : metricComplaint(metric);
          if (complaint !== undefined) complain(complaint);
        }
        const shownText = process.stdout.isTTY ? table() : {row: plainLine, alert: alertLine};
        const show: Shown = json ? {row: jsonLine, alert: jsonAlert} : shownText;
        const from = all ? ({sequence: 1} as const) : 'new';
        const shown$ = metricRows$(bus, from).pipe(
          filter((row) => hasAny(row, metrics)),
          tap((row) => show.row(chosen(row, metrics))),
        );
        const alerts$ = metrics.length > 0 && !metrics.includes(ALERTS) ? NEVER : bus.entries('alerts', from);
        const rows$ = merge(shown$, alerts$.pipe(tap(({message}) => show.alert(message)))).pipe(
          takeUntil(merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'), gone$(pid))),
          finalize(() => process.stdout.isTTY && say('')),
        );
        await lastValueFrom(rows$, {defaultValue: undefined});
      }),
    );

/** Emits when the process that holds the run has ended; never where it is on another machine. */
const gone$ = (pid: number | undefined) =>
  pid === undefined
    ? NEVER
    : interval(LIVENESS_MS).pipe(
        filter(() => !isProcessAlive(pid)),
        take(1),
      );

const matches = (metric: string, pattern: string): boolean =>
  pattern.endsWith('*') ? metric.startsWith(pattern.slice(0, -1)) : metric === pattern;

const hasAny = ({values}: MetricRow, metrics: readonly string[]): boolean =>
  metrics.length === 0 ||
  Object.keys(values).some((metric) => metrics.some((pattern) => matches(metric, pattern)));

/** The row with only those values. Field by field: a decoded message keeps its zeros where a spread does not see them. */
const chosen = (row: MetricRow, metrics: readonly string[]): Row => {
  const {actor, index, timeUnixMs, step, policyVersion, objective, objectiveRevision} = row;
  const wanted = Object.entries(row.values).filter(
    ([metric]) => metrics.length === 0 || metrics.some((each) => matches(metric, each)),
  );
  const stamp = objective === '' ? {} : {objective, objectiveRevision};
  return {
    time: timeUnixMs,
    actor,
    index,
    ...present({step, policyVersion}),
    ...stamp,
    values: Object.fromEntries(wanted),
  };
};

/** Without what the actor did not say. */
const present = (fields: Record<string, number | null | undefined>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (typeof value === 'number' ? [[key, value]] : [])),
  );

const stampOf = ({step, objective, objectiveRevision}: Row): string =>
  [
    ...(step === undefined ? [] : [`step ${step}`]),
    ...(objective === undefined ? [] : [`${objective} (revision ${objectiveRevision})`]),
  ].join(' ');

const jsonLine = (row: Row): void => say(JSON.stringify(row));

const jsonAlert = ({
  timeUnixMs: time,
  rule,
  step,
  objectiveRevision,
  evidence,
  remedy,
  action,
}: Alert): void =>
  say(JSON.stringify({time, alert: rule, step, objectiveRevision, evidence, remedy, action}));

const alertLine = (alert: Alert): void => say(alertText(alert));

const plainLine = (row: Row): void => {
  const values = Object.entries(row.values).map(([metric, value]) => `${metric}=${shown(value)}`);
  say([`${row.actor}-${row.index}`, stampOf(row), ...values].filter((each) => each !== '').join(' '));
};

/** The newest value of every metric of every actor, kept in place on the terminal; alerts stay above them. */
const table = (): Shown => {
  const lines = new Map<string, string>();
  const live = liveText();
  return {
    row(row) {
      for (const [metric, value] of Object.entries(row.values)) {
        const name = `${row.actor}-${row.index}`.padEnd(14) + metric.padEnd(24);
        lines.set(name, `${name}${shown(value).padStart(12)}  ${stampOf(row)}`);
      }
      live.show([...lines.keys()].sort().map((name) => lines.get(name) ?? ''));
    },
    alert: (alert) => live.print(alertText(alert)),
  };
};

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));
