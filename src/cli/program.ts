/** The command line: what there is, and how it is asked for. One command per file beside this one. */
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { GatewayError } from '../core/contracts/errors.ts';
import { UserError } from '../core/contracts/user-error.ts';
import { LOADTEST_SETTINGS } from '../lab/loadtest/settings.ts';
import { PLAN_SETTINGS } from '../lab/sim/plan-settings.ts';
import { SIMULATE_SETTINGS } from '../lab/sim/settings.ts';
import { loadConfig, SETTINGS, type SettingName } from '../settings/gateway.ts';
import { ConfigError, defaultOf, flagOf, readSettings, type Setting } from '../settings/setting.ts';
import { BATCH_SETTINGS } from './batch/settings.ts';
import type { Io } from './io.ts';

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

const FIGURES_AS_JSON = ['--json', 'figures as JSON instead of a table'] as const;
const REPORT = ['--html <file>', 'write a report with charts, in one file'] as const;

const HELP = `
Start with:
  warmpool serve                the gateway, and its page on http://127.0.0.1:4000/
  warmpool classify photo.jpg   one answer, without a server
  warmpool batch photos/        many answers, from a gateway that runs
  warmpool simulate             policies against each other, on virtual time
  warmpool loadtest             the same over real HTTP
  warmpool plan                 what to reserve, and what it costs`;

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

const BATCH_HELP = `
Ctrl-C, a lost connection or a restart of the gateway loses nothing: run the same command again to go on.
Exit status: 0 if every file was classified, 1 if any failed, 2 for wrong usage.

Examples:
  warmpool batch photos/ --out results.csv
  warmpool batch photos/ --format jsonl | jq 'select(.label == "cat").file'`;

const SIMULATE_HELP = `
Examples:
  warmpool simulate --html report.html
  warmpool simulate --workload trace:arrivals.csv --service 150 --reserved 1 --max-workers 4 --policy spill,target-wait`;

const LOADTEST_HELP = `
Examples:
  warmpool loadtest --workload poisson --rate 50 --html report.html
  warmpool loadtest --compare spill,target-wait -- --reserved 1 --max-workers 4 --drill cold-start=10s`;

const PLAN_HELP = `
Examples:
  warmpool plan --workload trace:access.log --service 150 --max-workers 8 --slo 300 --html plan.html
  warmpool plan --preset reference`;

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Resolves to the exit status. `argv` is as in `process.argv`, and `process` is an `io`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let status = 0;
  const program = new Command('warmpool')
    .description('A GraphQL inference gateway with a warm pool of workers.')
    .version(version)
    .addHelpText('after', HELP)
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .exitOverride();

  const define = (usage: string, settings: Readonly<Record<string, Setting>>, description: string, help: string) =>
    withSettings(program.command(usage), settings).description(description).addHelpText('after', help);

  // Commands are loaded when they are run: the help needs none of what they need.
  const serves = 'Start the gateway: GraphQL at /graphql, a page at /, health at /healthz and /readyz.';
  define('serve', SETTINGS, serves, SERVE_HELP).action(async (flags) => {
    const config = loadConfig(SETTINGS, flags, io.env);
    await (await import('./serve.ts')).serve(config, io);
  });

  const classifies = 'Classify picture files here and now, without a server.';
  define('classify <file...>', CLASSIFY_SETTINGS, classifies, CLASSIFY_HELP)
    .option('--json', 'one JSON object per line instead of a table')
    .action(async (files, { json, ...flags }) => {
      const config = loadConfig(CLASSIFY_SETTINGS, flags, io.env);
      status = await (await import('./classify.ts')).classify(files, json === true, config, io);
    });

  const sends = 'Send picture files, and the pictures in folders, to a running gateway; print what each shows.';
  define('batch <path...>', BATCH_SETTINGS, sends, BATCH_HELP)
    .option('--out <file>', 'write the results to this file instead of stdout')
    .option('--quiet', 'do not show how far it is')
    .action(async (paths, { out, quiet, ...flags }) => {
      const { values } = readSettings(BATCH_SETTINGS, flags, io.env);
      status = await (await import('./batch.ts')).batch({ paths, values, out, quiet }, io);
    });

  const compares = 'Compare scheduling policies under a load, on virtual time.';
  define('simulate', SIMULATE_SETTINGS, compares, SIMULATE_HELP)
    .option(...FIGURES_AS_JSON)
    .option(...REPORT)
    .action(async ({ json, html, ...given }) => {
      const { values } = readSettings(SIMULATE_SETTINGS, given, {});
      await (await import('./simulate.ts')).simulate({ values, given, json, html }, io);
    });

  const loads = 'Put a running gateway, or policies one after the other, under load over real HTTP.';
  define('loadtest', LOADTEST_SETTINGS, loads, LOADTEST_HELP)
    .argument('[flags...]', 'after --: flags of serve, for the gateways that --compare starts')
    .option(...FIGURES_AS_JSON)
    .option(...REPORT)
    .action(async (serveFlags, { json, html, ...given }) => {
      const { values } = readSettings(LOADTEST_SETTINGS, given, io.env);
      await (await import('./loadtest.ts')).loadtest({ values, given, serveFlags, json, html }, io);
    });

  const preset = new Option('--preset <name>', 'print the cost table of the reference article');
  const plans = 'Find the cheapest configuration that keeps a p99, by simulating a load under each.';
  define('plan', PLAN_SETTINGS, plans, PLAN_HELP)
    .addOption(preset.choices(['reference']).conflicts('html'))
    .option('--json', 'every configuration as JSON instead of a table')
    .option('--html <file>', 'write the frontier as a chart, in one file')
    .action(async ({ preset, json, html, ...given }) => {
      const [ignored] = Object.keys(given);
      if (preset && ignored) {
        throw new ConfigError(`--preset prints a table of its own: leave out ${flagOf(ignored)}`);
      }
      const { values } = readSettings(PLAN_SETTINGS, given, {});
      const { plan, printReference } = await import('./plan.ts');
      if (preset) printReference(json === true, io);
      else await plan({ values, given, json, html }, io);
    });

  try {
    await program.parseAsync(argv);
    return status;
  } catch (error) {
    // It has printed the help or what is wrong with the usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    // A wrong setting, model name, repository, engine, trace or address: the message says how to mend it, a stack trace would not.
    if (!(error instanceof UserError || error instanceof GatewayError)) throw error;
    io.stderr.write(`warmpool: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

function withSettings(command: Command, settings: Readonly<Record<string, Setting>>): Command {
  for (const [name, setting] of Object.entries(settings)) {
    const variable = setting.env ? ` [${setting.env}]` : '';
    const text = `${setting.help} (default: ${defaultOf(setting)})${variable}`;
    command.addOption(new Option(`${flagOf(name)} <value>`, text));
  }
  return command;
}
