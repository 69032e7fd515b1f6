/** The command line: what there is, and how it is asked for. One command per file beside this one. */
import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import { ConfigError, defaultOf, flagOf, loadConfig, SETTINGS, type Setting, type SettingName } from '../config.ts';
import { GatewayError } from '../core/errors.ts';
import { EngineUnavailableError } from '../engine/engine.ts';
import { ModelRepositoryError } from '../models/repository.ts';

/** A wrong setting, model name, repository or engine. */
const USER_ERRORS = [ConfigError, GatewayError, ModelRepositoryError, EngineUnavailableError];

/** Wrong usage, as opposed to work that failed. */
const EXIT_USAGE = 2;

type CommandSettings = Partial<Record<SettingName, Setting>>;

const { modelDir, model, engine, maxWorkers, maxUploadBytes, maxPixels, logLevel } = SETTINGS;

const CLASSIFY_SETTINGS: CommandSettings = {
  modelDir,
  model: { ...model, help: 'model to classify with: name, name@alias or name@version' },
  engine,
  maxWorkers: { ...maxWorkers, help: 'most workers at once; never more than there are files' },
  maxUploadBytes,
  maxPixels,
  logLevel: { ...logLevel, fallback: 'warn' },
};

const HELP = `
Start with:
  warmpool serve                the gateway, and its page on http://127.0.0.1:4000/
  warmpool classify photo.jpg   one answer, without a server`;

const SERVE_HELP = `
Each option can also be set in the environment, by the name beside it.
SIGTERM ends it once every accepted request is answered.

Example:
  warmpool serve --port 8080 --reserved 2 --max-workers 4`;

const CLASSIFY_HELP = `
Exit status: 0 if every file was classified, 1 if any failed, 2 for wrong usage.

Examples:
  warmpool classify cat.jpg
  warmpool classify --json photos/*.jpg | jq .label`;

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('warmpool')
    .description('A GraphQL inference gateway with a warm pool of workers.')
    .version(version)
    .addHelpText('after', HELP)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE));

  // Commands are loaded when they are run: the help needs none of what they need.
  withSettings(program.command('serve'), SETTINGS)
    .description('Start the gateway: GraphQL at /graphql, a page at /, health at /healthz and /readyz.')
    .addHelpText('after', SERVE_HELP)
    .action(async (flags) => {
      const config = loadConfig(SETTINGS, flags, process.env);
      await (await import('./serve.ts')).serve(config);
    });

  withSettings(program.command('classify <file...>'), CLASSIFY_SETTINGS)
    .description('Classify picture files here and now, without a server.')
    .option('--json', 'one JSON object per line instead of a table')
    .addHelpText('after', CLASSIFY_HELP)
    .action(async (files, { json, ...flags }) => {
      const config = loadConfig(CLASSIFY_SETTINGS, flags, process.env);
      await (await import('./classify.ts')).classify(files, json === true, config);
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    // The user's to mend: the message says how, a stack trace would not.
    if (!USER_ERRORS.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`warmpool: ${(error as Error).message}\n`);
    process.exitCode = EXIT_USAGE;
  }
}

function withSettings(command: Command, settings: CommandSettings): Command {
  for (const [name, setting] of Object.entries(settings)) {
    const text = `${setting.help} (default: ${defaultOf(setting)}) [${setting.env}]`;
    command.addOption(new Option(`${flagOf(name)} <value>`, text));
  }
  return command;
}
