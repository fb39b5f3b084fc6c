using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
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

        public bool IsEmbedded => Host == "embedded";
    }

    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH.json")
        {
            Description = "the batch file; or a file of bars, such as AAPL.csv, for which a batch is written to the current folder",
        };
        var command = new Command("backtest", "Run a batch of strategies over bars and write a run's folder.") { batch };
        var options = new OptionBinding<Options>(command);
        command.SetAction((call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            if (given.IsEmbedded) return RunAsync(root, call, call.GetValue(batch)!, given, token);
            if (given.Resume || given.Separate || given.Timings || given.ModelsOf is not null)
                throw new InputException($"--host {given.Host}: --resume, --separate, --timings and --models-of are for runs in this "
                    + $"process; leave them out");
            if (BarsBatch.Is(call.GetValue(batch)!))
                throw new InputException($"{call.GetValue(batch)} has bars; --host {given.Host} needs a batch file, which the command "
                    + "writes without --host");
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!, bindStrategies: false);
            return new RemoteBacktest(root, given.Host).RunAsync(spec, call.GetValue(batch)!, given.Out, given.Quiet, given.Json, token);
        });
        return command;
    }

    private static async Task<int> RunAsync(CompositionRoot root, ParseResult call, string file, Options given, CancellationToken token)
    {
        var silent = given.Quiet || given.Json;
        if (BarsBatch.Is(file))
            file = BarsBatch.Write(file, new BarFileForm().ToOptions(root.Catalogues(call)), silent ? null : Console.Out);
        using var timings = given.Timings && !silent ? new StepTimings(ElapsedTime.OfProcess) : null;
        var spec = Read(root, call, file);
        var runner = new BatchRunner(new EmbeddedHost(given.Threads), TimeProvider.System, ledger: TrialLedger.OfUser());
        var options = given.ToBatchOptions() with
        {
            Resume = given.Resume,
            Separate = given.Separate,
            ModelsOf = given.ModelsOf,
        };
        var run = await ProgressView.ShowAsync(silent, progress => runner.RunAsync(spec, options, progress, token));
        var code = BacktestView.End(run, given, $"granary backtest {file}");
        timings?.Write();
        return code;
    }

    private static BatchSpec Read(CompositionRoot root, ParseResult call, string file)
    {
        using var step = GranaryInstruments.Traces.StartActivity("batch");
        return new BatchReader(root.Catalogues(call)).Read(file);
    }
}
