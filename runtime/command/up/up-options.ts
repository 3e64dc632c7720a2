/** What `anchorage up` is told on its command line. */

/** As commander reads it. */
export interface UpOptions {
  readonly dryRun?: boolean;
  readonly set: readonly string[];
  readonly run?: string;
  readonly nats?: string;
  readonly natsPort?: number;
  readonly actors: boolean;
  readonly serial?: boolean;
  /** Goes on with a run of the server that has no folder here. */
  readonly fromServer?: boolean;
  /** Goes on with a run of the folder that its server has lost. */
  readonly fromFolder?: boolean;
}
