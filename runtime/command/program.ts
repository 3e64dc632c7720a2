/** The command line: its commands, and how an error is shown. */
import {inspect} from 'node:util';
import {Command, CommanderError} from 'commander';
import {messageOf} from '../errors.js';
import {complain, say} from '../output.js';
import {packageVersion} from '../paths.js';
import {sourceStack} from '../source-stack.js';
import {redacted} from '../text/redact.js';
import {commands, isCommandName} from './commands.js';
import {implementations} from './implementations.js';

/** Runs one command line and resolves to its exit code. A person is shown one line for each thing that is wrong. */
export const runProgram = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('anchorage')
    .description(
      'Aligns a language model with contrastive revisions and anchored preference optimization, as a fleet.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage up\n  anchorage up fleet.yaml --set objective.name=dpo\n  anchorage watch loss',
    )
    .version(packageVersion(), '--version', 'show which version this is')
    .showHelpAfterError('(--help shows how)')
    .configureHelp({subcommandTerm: (command) => `${command.name()} ${command.usage()}`})
    .exitOverride();
  const typed = argv.slice(2).find(isCommandName);
  for (const [name, {takes, about}] of Object.entries(commands)) {
    const command = name === typed ? await implementations[typed]() : new Command(name).usage(takes);
    program.addCommand(command.description(about).exitOverride());
  }
  sayThroughOutput(program);
  hideArguments();
  process.stdout.on('error', onClosedOutput);
  process.stderr.on('error', onClosedOutput);
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what is wrong; its help is no error.
    if (error instanceof CommanderError) return error.exitCode;
    complain(messageOf(error));
    if (process.env.ANCHORAGE_DEBUG) complain(sourceStack(inspect(error)));
    return 1;
  }
};

/** What commander says repeats what was typed, which may be an address with its password. */
const sayThroughOutput = (command: Command): void => {
  command.configureOutput({
    writeOut: (text) => say(text.trimEnd()),
    writeErr: (text) => complain(text.trimEnd()),
  });
  for (const each of command.commands) sayThroughOutput(each);
};

/** Everybody on the machine may read a process's arguments: a password in them is not left there. */
const hideArguments = (): void => {
  const typed = process.argv.join(' ');
  const shown = redacted(typed);
  if (shown !== typed) process.title = shown;
};

/** Whoever reads our output, `head` or a terminal, is gone: what runs a fleet drains it, and anything else ends. */
const onClosedOutput = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  if (!process.emit('SIGHUP')) process.exit(0);
};
