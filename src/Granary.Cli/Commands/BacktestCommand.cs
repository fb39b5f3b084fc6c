using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Cli.Watching;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.StrategyFiles;
using Granary.Simulation.Telemetry;
using Granary.Simulation.Validation;

namespace Granary.Cli.Commands;

/// <summary><c>granary backtest BATCH.json</c>: runs a batch.</summary>
internal static class BacktestCommand
{
    private sealed record Options : RunForm
    {
        [Key("embedded, or the address of a silo")]
        public string Host { get; init; } = "embedded";
        [Key("continue an interrupted run")]
        public bool Resume { get; init; }
        [Key("also write one trades file for each strategy")]
        public bool Separate { get; init; }

        [Key("folder of an earlier run: use the model versions that were in force there, without training")]
        public string? ModelsOf { get; init; }

        [Key("show where the time went: steps, compiler, collector, memory")]
        public bool Timings { get; init; }

        [Key("with FILE.cs: run again whenever the file is saved, and show what changed")]
        public bool Watch { get; init; }

        public bool IsEmbedded => Host == "embedded";
    }

    public static Command Create(CompositionRoot root)
    {
        var command = new Command("backtest", "Run a batch of strategies over bars and write a run's folder.");
        var batch = new BatchInput(root, command, "the batch file") { TakesBars = true };
        var options = new OptionBinding<Options>(command);
        command.SetAction(async (call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            if (given.Watch) return await WatchAsync(batch, call, given, token);
            if (given.IsEmbedded) return await RunAsync(batch, call, given, token);
            if (given.Resume || given.Separate || given.Timings || given.ModelsOf is not null)
                throw new InputException($"--host {given.Host}: --resume, --separate, --timings and --models-of are for runs in this "
                    + $"process; leave them out");
            var spec = await batch.ReadAsync(call, binds: false, given.Quiet || given.Json, token);
            return await new RemoteBacktest(root, given.Host).RunAsync(spec, batch.File(call), given.Out, given.Quiet, given.Json, token);
        });
        return command;
    }

    private static async Task<int> RunAsync(BatchInput batch, ParseResult call, Options given, CancellationToken token)
    {
        var silent = given.Quiet || given.Json;
        using var timings = given.Timings && !silent ? new StepTimings(ElapsedTime.OfProcess) : null;
        var spec = await ReadAsync(batch, call, silent, token);
        var runner = new BatchRunner(new EmbeddedHost(given.Threads), TimeProvider.System);
        var options = given.ToBatchOptions() with
        {
            Resume = given.Resume,
            Separate = given.Separate,
            ModelsOf = given.ModelsOf,
        };
        var run = await ProgressView.ShowAsync(silent, progress => runner.RunAsync(spec, options, progress, token));
        var code = BacktestView.End(run, given, $"granary backtest {batch.File(call)}");
        timings?.Write();
        return code;
    }

    private static Task<int> WatchAsync(BatchInput batch, ParseResult call, Options given, CancellationToken token)
    {
        var file = batch.File(call);
        if (!given.IsEmbedded || given.Resume || given.Separate || given.Timings || given.ModelsOf is not null || given.Quiet || given.Json)
            throw new InputException("--watch shows runs of this process; leave out --host, --resume, --separate, --timings, --models-of, "
                + "--quiet and --json");
        if (!StrategyFileReader.IsStrategyFile(file))
            throw new InputException($"--watch is for a C# file with a strategy; {file} is a batch file");
        var runner = new BatchRunner(new EmbeddedHost(given.Threads), TimeProvider.System);
        var guessed = false;
        var loop = new WatchLoop(file,
            async stop =>
            {
                var spec = await batch.ReadAsync(call, binds: true, silent: guessed, stop);
                guessed = true;
                return spec;
            },
            (spec, folder, stop) => ProgressView.ShowAsync(false,
                progress => runner.RunAsync(spec, given.ToBatchOptions() with { Out = folder }, progress, stop)),
            run => BacktestView.End(run, given, $"granary backtest {file}"));
        return loop.RunAsync(given.Out
            ?? RunFolder.UsualPath(Path.GetFileNameWithoutExtension(file), TimeProvider.System.GetUtcNow().UtcDateTime), token);
    }

    private static async Task<BatchSpec> ReadAsync(BatchInput batch, ParseResult call, bool silent, CancellationToken token)
    {
        using var step = GranaryInstruments.Traces.StartActivity("batch");
        return await batch.ReadAsync(call, binds: true, silent, token);
    }
}
