import { Command, CommanderError, Option } from "commander";
import { systemClock } from "../base/clock.ts";
import { exitCodes, LongrunError } from "../base/errors.ts";
import type { Language } from "../language/catalogue.ts";
import { describeError } from "../language/errors.ts";
import { responseShapes } from "../plan/response-shapes.ts";
import { tuningMethods } from "../tuning/search.ts";
import type { CommandContext, GlobalOptions } from "./options.ts";
import { subjects } from "./subjects.ts";
import { Terminal } from "./terminal.ts";

/** Runs one command line; returns the exit code. Results go to stdout, everything said on the way to stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.once("SIGINT", onInterrupt);
  let options: Partial<GlobalOptions> = {};
  const act =
    <Arguments extends unknown[]>(load: () => Promise<Work<Arguments>>) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.pop() as Command;
      options = command.optsWithGlobals();
      const language = options.lang ?? "en";
      const terminal = new Terminal(systemClock, { quiet: options.quiet === true, language });
      const context = {
        options: options as GlobalOptions,
        clock: systemClock,
        terminal,
        language,
        signal: cancel.signal,
      };
      const work = await load();
      await work(context, ...(given as Arguments));
    };
  try {
    await program(act).parseAsync(argv, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    return report(error, options, cancel.signal.aborted);
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}

type Work<Arguments extends unknown[]> = (context: CommandContext, ...given: Arguments) => Promise<void>;
type Act = <Arguments extends unknown[]>(
  load: () => Promise<Work<Arguments>>,
) => (...given: unknown[]) => Promise<void>;

/** Commands are loaded when they are asked for: charts, models and DuckDB take a second that `--help` and an error need not wait for. */
function program(act: Act): Command {
  const longrun = new Command("longrun")
    .description("Balances this quarter's margin against customer lifetime value, from a shop's raw exports.")
    .exitOverride()
    .showHelpAfterError("(longrun --help lists the commands)");
  const add = (name: string, description: string) =>
    withGlobalOptions(longrun.command(name).description(description).exitOverride());

  add("demo", "run the whole chain on a simulated shop whose truth is known")
    .option("--customers <count>", "size of the shop", "12000")
    .option("--world <name>", "default, zero-effects, no-conflict, no-heterogeneity or strong-drift", "default")
    .option("--no-open", "do not open the report in a browser")
    .action(act(async () => (await import("./demo.ts")).demo));
  add("init", "create a project in this folder")
    .option("--yes", "take the defaults without asking")
    .action(act(async () => (await import("./init.ts")).initialise));
  add(
    "import <files...>",
    "add a shop's raw exports, folders of them or patterns such as 'exports/*.csv' to the project",
  )
    .addOption(
      new Option("--preset <name>", "what kind of export it is (default: recognised by its header)").conflicts(
        "mapping",
      ),
    )
    .option("--mapping <file>", "how to read the table, as a mapping file (default: NAME.mapping.yaml beside it)")
    .option("--check", "show how the files would be read, and change nothing")
    .action(act(async () => (await import("./import.ts")).importSources));
  add("run", "run the seven stages; what did not change is not run again").action(
    act(async () => (await import("./run.ts")).runProject),
  );
  add("tune", "search better settings on the time before the test period, which it never reads")
    .addOption(new Option("--method <method>", "how to search").choices(tuningMethods).default("bayesian"))
    .option("--trials <count>", "configurations to try", "30")
    .option(
      "--parameter <range>",
      "what to search: path=low..high, path=low..high:log or path=a,b,c; again for more (default: how the network learns)",
      (text: string, texts: string[]) => [...texts, text],
      [],
    )
    .option("--objective <name>", "such as value90d.spearman, normalizedGini, decileMape or loss")
    .option("--folds <count>", "origins that forecasts are judged at, if the history is long enough", "3")
    .option("--study <name>", "where the trials are kept: .longrun/tuning/NAME.jsonl", "default")
    .option("--apply", "write the best settings into longrun.config if they are better")
    .action(act(async () => (await import("./tune.ts")).tuneProject));
  add("fit <model> <file>", "fit a lifetime model to any file of transactions or summaries, or compare them all")
    .option("--customer <column>", "column of the customer (transactions)")
    .option("--date <column>", "column of the date (transactions)")
    .option("--amount <column>", "column of the amount; counts need none")
    .addOption(new Option("--unit <unit>", "unit of time").choices(["day", "week", "month"]).default("week"))
    .option("--calibration-end <date>", "last day that the model learns from (default: the last day in the file)")
    .option("--holdout-end <date>", "last day that the forecast is judged on")
    .option("--columns <pairs>", "a summary's columns: x=…,tx=…,T=…[,m=…][,customers=…]")
    .option("--covariates <columns>", "columns of what is known of each customer, as numbers (bg-nbd, pareto-nbd)")
    .option("--prior <prior...>", "beliefs before the data: 'a=lognormal(0,1)', gamma(shape,rate), half-normal(sd)")
    .option("--horizon-days <days>", "how far the predictions reach (default: the holdout period)", Number)
    .option("--discount-rate <rate>", "a year, for the lifetime value", Number, 0.1)
    .option("--predictions <file>", "write a row per customer, .csv or .parquet")
    .option("--report <file>", "write charts as one HTML page")
    .action(act(async () => (await import("./fit.ts")).fit));
  add("allocate <file>", "decide who gets what under limits, on any table of customer_id, action, short, long, cost")
    .option("--balance <weight>", "0 looks only at now, 1 only at later, 0.5 maximises lifetime profit", Number, 0.5)
    .option("--budget <amount>", "what all may cost: 5000, or 5000EUR")
    .option("--max-contacts <count>", "how many customers may get anything", Number)
    .option("--min-short <amount>", "least value now")
    .option("--min-long <amount>", "least value later")
    .option("--min-total <amount>", "least lifetime profit")
    .option("--currency <code>", "of all amounts; another one is refused (default: the file's column currency)")
    .option(
      "--limit <limit...>",
      "any other limit: 'email=contacts[channel=email]<=2000', 'margin=short-0.1*revenue>=0'",
    )
    .option("--forbid <rule...>", "never these: 'coupon[segment=vip]', '*[segment=minor]'")
    .option("--force <rule...>", "this or nothing: 'gift[segment=vip]'")
    .option("--nothing <action>", "the action that does nothing (default: the one that is 0 for everybody)")
    .option(
      "--explore <share>",
      "customers whose action is drawn by chance, so that effects can be measured",
      Number,
      0,
    )
    .option("--caution <deviations>", "standard deviations (short_sd, long_sd) taken off every effect", Number, 0)
    .option("--scenarios <file>", "what could hit all effects at once: scenario, action, short_factor, long_factor, …")
    .option(
      "--cvar <share>",
      "maximise the mean of this worst share of the scenarios (conditional value at risk)",
      Number,
    )
    .option("--cvar-weight <weight>", "that weight for the worst share, the rest for the mean (default: 1)", Number)
    .option("--frontier <points>", "also the best plans for so many balances from 0 to 1", Number)
    .option(
      "--memory <MB>",
      "what the table's matrices may take in memory; a larger table is read from disk in passes",
      Number,
      2000,
    )
    .option("--out <file>", "write a row per customer, .csv or .parquet")
    .option("--report <file>", "write the frontier (21 points if none are asked for) as one HTML page of charts")
    .action(act(async () => (await import("./allocate.ts")).allocateTable));
  const planning = add("plan", "the best levers over several periods, from a JSON file (docs/methods/plan.md)")
    .argument("<file>")
    .option("--report <file>", "write charts as one HTML page")
    .action(act(async () => (await import("./plan.ts")).plan));
  withGlobalOptions(planning.command("fit-response <file>").exitOverride())
    .description("fit a lever's response curve to a table of spend and outcome, a row a period in order of time")
    .option("--spend <column>", "column of the spend", "spend")
    .option("--outcome <column>", "column of the outcome", "outcome")
    .addOption(new Option("--shape <shape>", "of the curve").choices(responseShapes).default("hill"))
    .option("--carry-over <share>", "share of the effective spend left a period later, or fit", "0")
    .action(act(async () => (await import("./fit-response.ts")).fitResponseFile));
  add("show [subject] [id]", `print the last run, one part of it (${subjects.join(", ")}), or customer ID`).action(
    act(async () => (await import("./show.ts")).show),
  );
  return longrun;
}

function withGlobalOptions(command: Command): Command {
  return command
    .option("--project <folder>", "the project's folder", ".")
    .option("--json", "print one JSON document on stdout and nothing else")
    .option("--seed <seed>", "seed of everything random")
    .option("--threads <count>", "worker threads")
    .addOption(new Option("--lang <language>", "language of what is printed").choices(["en", "zh-CN"]))
    .option("--quiet", "no progress");
}

function report(error: unknown, options: Partial<GlobalOptions>, interrupted: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.input;
  const language: Language = options.lang ?? "en";
  if (interrupted) {
    process.stderr.write(`${describeError(language, "interrupted", {})}\n`);
    return exitCodes.interrupted;
  }
  if (!(error instanceof LongrunError)) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return exitCodes.bug;
  }
  const message = describeError(language, error.code, error.details);
  process.stderr.write(`longrun: ${message}\n`);
  if (options.json) {
    const { kind, code, details } = error;
    process.stdout.write(`${JSON.stringify({ error: { kind, code, message, details } })}\n`);
  }
  return error.exitCode;
}
