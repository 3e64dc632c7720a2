/** How a command that runs processes is asked to end. */
import {defer, filter, fromEvent, map, merge, type Observable, ReplaySubject, share, take} from 'rxjs';

export interface Signals {
  /** Emits at the first signal, to whoever subscribes later too. */
  readonly first$: ReplaySubject<unknown>;
  /** What is done at the second signal, before this process ends with code 130. */
  onSecond(act: () => void): void;
  end(): void;
}

/** `timeout`, npm and a shell pass a signal on to a process whose group has had it: nobody has asked again so soon. */
const SAME_SIGNAL_MS = 500;

/** The first signal that asks a second time. */
export const secondOf = (
  signals$: Observable<string>,
  nowMs: () => number = () => performance.now(),
): Observable<string> =>
  defer(() => {
    let firstMs: number | undefined;
    return signals$.pipe(
      filter((name) => {
        const now = nowMs();
        firstMs ??= now;
        return name !== 'SIGHUP' && now - firstMs > SAME_SIGNAL_MS;
      }),
      take(1),
    );
  });

/**
 * The first Ctrl-C, SIGTERM or closed terminal asks for a drain; a second Ctrl-C or SIGTERM ends everything at once. That a
 * terminal is gone may be told twice, by a signal and by the first write to it.
 */
export const listenForSignals = (): Signals => {
  const first$ = new ReplaySubject<unknown>(1);
  const acts: (() => void)[] = [];
  const signals$ = merge(
    ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => fromEvent(process, name).pipe(map(() => name))),
  ).pipe(share());
  const second$ = secondOf(signals$);
  const subscription = second$.subscribe(() => {
    for (const act of acts.reverse()) act();
    process.exit(130);
  });
  subscription.add(signals$.pipe(take(1)).subscribe(first$));
  return {
    first$,
    onSecond: (act) => void acts.push(act),
    end: () => subscription.unsubscribe(),
  };
};
