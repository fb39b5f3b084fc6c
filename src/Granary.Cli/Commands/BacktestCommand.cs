using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Cli.Tables;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary><c>granary backtest BATCH.json</c>: the main job.</summary>
internal static class BacktestCommand
{
    private sealed record Options : RunForm
    {
        [Description("embedded, or the address of a silo")]
        public string Host { get; init; } = "embedded";
        [Description("continue an interrupted run")]
        public bool Resume { get; init; }
        [Description("also write one trades file for each strategy")]
        public bool Separate { get; init; }

        public bool IsEmbedded => Host == "embedded";
    }

    public static Command Create(CompositionRoot root)
    {
        var batch = new Argument<string>("BATCH.json") { Description = "the batch file" };
        var command = new Command("backtest", "Run a batch of strategies over bars and write a run's folder.") { batch };
        var options = new OptionBinding<Options>(command);
        command.SetAction((call, token) =>
        {
            var given = options.Read(call);
            Given.Threads(given.Threads);
            var spec = new BatchReader(root.Catalogues(call)).Read(call.GetValue(batch)!, bindStrategies: given.IsEmbedded);
            return given.IsEmbedded ? RunAsync(spec, call.GetValue(batch)!, given, token)
                : given.Resume || given.Separate ? throw new InputException(
                    $"--host {given.Host}: --resume and --separate are for runs in this process; leave them out")
                : RemoteBacktest.RunAsync(given.Host, spec, call.GetValue(batch)!, given.Out, given.Quiet, given.Json, token);
        });
        return command;
    }

    private static async Task<int> RunAsync(BatchSpec spec, string file, Options given, CancellationToken token)
    {
        var silent = given.Quiet || given.Json;
        var runner = new BatchRunner(new EmbeddedHost(given.Threads), TimeProvider.System, ledger: TrialLedger.OfUser());
        var options = given.ToBatchOptions() with { Resume = given.Resume, Separate = given.Separate };
        var run = await ProgressView.ShowAsync(silent, progress => runner.RunAsync(spec, options, progress, token));
        if (given.Json) Console.WriteLine(Outcome(run));
        else if (!silent) Show(run);
        if (!run.Interrupted) return EndOf(run.Model.Strategies, run.Folder);
        CommandLine.Complain(
            $"stopped; {run.Model.Strategies.Count(s => s.Stats is not null)} of {run.Model.Strategies.Count} strategies had finished "
                + $"and are in {run.Folder}; go on with: granary backtest {file} --out {run.Folder} --resume");
        return CommandLine.Failed;
    }

    // A batch of which nothing came has failed; one strategy that finished is a result.
    private static int EndOf(IReadOnlyList<StrategyEntry> strategies, string folder)
    {
        if (strategies.Count == 0 || strategies.Any(s => s.Stats is not null)) return 0;
        var first = strategies[0];
        CommandLine.Complain((strategies.Count == 1 ? "the strategy of the batch failed: " : string.Create(CultureInfo.InvariantCulture,
            $"all {strategies.Count:N0} strategies of the batch failed; the first is ")) + $"{first.Id}: {first.Error}. Repair the "
            + $"strategies; {folder} has the error of each in results.json");
        return CommandLine.Failed;
    }

    private static string Outcome(BatchRun run) => JsonSerializer.Serialize(new
    {
        Run = run.Folder,
        Seconds = Math.Round(run.Model.Seconds, 4),
        TotalSeconds = Math.Round(FeltTime.OfProcess.Seconds, 4),
        run.Model.Digest,
        Strategies = run.Model.Strategies.Count,
        run.Trades,
        run.Report,
        run.Interrupted,
        Notes = Output.Notes(run.Model),
    }, Output.Json);

    private static void Show(BatchRun run)
    {
        var model = run.Model;
        Output.WriteNotes(model);
        var best = model.Strategies.Where(s => s.Stats is not null).OrderByDescending(s => Rank(s.Stats!)).ThenBy(s => s.Index).Take(10)
            .ToList();
        Metric[] headlines = [.. model.Metrics.All.Where(m => m.Headline > 0).OrderBy(m => m.Headline)];
        var rows = best.Select(s => Row(s.Id, s.Stats!, headlines, s.Weight.ToString("0.###", CultureInfo.InvariantCulture)));
        if (model.Portfolio is { } portfolio)
        {
            // The last choice of weights over time may be of no strategy, where earlier ones traded.
            var members = model.Strategies.Count(s => s.Weight != 0);
            rows = rows.Prepend(Row(members > 0 ? $"Portfolio of {Cell.Count(members)}" : "Portfolio", portfolio, headlines, ""));
        }
        var title = model.Strategies.Count == 1 ? $"{model.Name}: the portfolio and its strategy"
            : $"{model.Name}: the portfolio and the best {Counted.Of(best.Count, model.Strategies.Count, "strategy")} by Sharpe ratio";
        TableWriter.Write(title, Columns(headlines), rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(model.Strategies.Count, "strategy")}, {Counted.Of(run.Trades, "trade")}, "
                + $"{Counted.Of(model.BarEvaluations, "bar")} "
                + $"({NumberText.Compact((long)(model.BarEvaluations / Math.Max(1e-9, model.Seconds)))} bars/s, {model.Host})"));
        Console.WriteLine(FeltTime.OfProcess.Sentence(model.Seconds));
        Output.WriteRun(model.Digest, run.Report, run.Folder);
    }

    private static Column[] Columns(IEnumerable<Metric> headlines) =>
        [Column.Text("Strategy"), .. headlines.Select(MetricCell.Column), Column.Number("Weight")];

    private static string[] Row(string name, MetricSet set, IEnumerable<Metric> headlines, string weight) =>
        [name, .. headlines.Select(m => MetricCell.Of(m, set[m])), weight];

    private static double Rank(MetricSet s) => s.IsRuined ? double.NegativeInfinity : double.IsNaN(s.Sharpe) ? double.MinValue : s.Sharpe;
}
