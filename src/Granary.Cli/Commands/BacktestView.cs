using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Cli.Tables;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary>Output at the end of a batch's run.</summary>
internal static class BacktestView
{
    /// <summary>Prints the outcome of a run.</summary>
    /// <param name="again">The command that continues it where it was interrupted.</param>
    /// <returns>The exit code.</returns>
    public static int End(BatchRun run, RunForm given, string again)
    {
        if (given.Json) Console.WriteLine(Outcome(run));
        else if (!given.Quiet) Show(run);
        if (!run.Interrupted) return EndOf(run.Model.Strategies, run.Folder);
        CommandLine.Complain(
            $"stopped; {run.Model.Strategies.Count(s => s.Stats is not null)} of {run.Model.Strategies.Count} strategies had finished "
                + $"and are in {run.Folder}; continue with: {again} --out {run.Folder} --resume");
        return CommandLine.Failed;
    }

    // A batch without a finished strategy has failed; a single finished strategy is a result.
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
        TotalSeconds = Math.Round(ElapsedTime.OfProcess.Seconds, 4),
        run.Model.Digest,
        Strategies = run.Model.Strategies.Count,
        run.Trades,
        run.Report,
        run.Interrupted,
        run.Model.Verdict,
        Searches = run.Model.Section<ParameterSearchResults>() is { } searches ? SearchView.Outcome(searches) : null,
        Notes = Output.Notes(run.Model),
    }, Output.Json);

    private static void Show(BatchRun run)
    {
        var model = run.Model;
        var best = model.Strategies.Where(s => s.Stats is not null).OrderByDescending(s => s.Stats!.RankOf(RatioMetrics.Sharpe))
            .ThenBy(s => s.Index).Take(10).ToList();
        Metric[] headlines = [.. model.Metrics.All.Where(m => m.Headline > 0).OrderBy(m => m.Headline)];
        var rows = best.Select(s => Row(s.Id, s.Stats!, headlines, s.Weight.ToString("0.###", CultureInfo.InvariantCulture)));
        if (model.Portfolio is { } portfolio)
        {
            // With weights over time, the last choice may be empty although earlier choices traded.
            var members = model.Strategies.Count(s => s.Weight != 0);
            rows = rows.Prepend(Row(members > 0 ? $"Portfolio of {Cell.Count(members)}" : "Portfolio", portfolio, headlines, ""));
        }
        var title = model.Strategies.Count == 1 ? $"{model.Name}: the portfolio and its strategy"
            : $"{model.Name}: the portfolio and the best {Counted.Of(best.Count, model.Strategies.Count, "strategy")} by Sharpe ratio";
        TableWriter.Write(title, Columns(headlines), rows);
        Output.WriteVerdict(model.Verdict);
        if (model.Section<ParameterSearchResults>() is { } searches) SearchView.Show(searches);
        WritePeriods([model.Portfolio, .. best.Select(s => s.Stats)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(model.Strategies.Count, "strategy")}, {Counted.Of(run.Trades, "trade")}, "
                + $"{Counted.Of(model.BarEvaluations, "bar")} "
                + $"({NumberText.Compact((long)(model.BarEvaluations / Math.Max(1e-9, model.Seconds)))} bars/s, {model.Host})"));
        Console.WriteLine(ElapsedTime.OfProcess.Sentence(model.Seconds));
        Output.WriteNotes(model, run.Folder);
        Output.WriteRun(model.Digest, run.Report, run.Folder);
    }

    /// <summary>Prints the periods per year with which the ratios above are annualised.</summary>
    public static void WritePeriods(IEnumerable<MetricSet?> shown)
    {
        double[] used = [.. shown.Select(s => s?[RatioMetrics.PeriodsPerYear] ?? double.NaN).Where(double.IsFinite).Distinct().Order()];
        if (used.Length == 0) return;
        static string Text(double value) => MetricText.Value(RatioMetrics.PeriodsPerYear, value);
        Console.WriteLine($"Sharpe ratios use {Text(used[0])}{(used.Length > 1 ? $" to {Text(used[^1])}" : "")} periods a year");
    }

    private static Column[] Columns(IEnumerable<Metric> headlines) =>
        [Column.Text("Strategy"), .. headlines.Select(MetricCell.Column), Column.Number("Weight")];

    private static string[] Row(string name, MetricSet set, IEnumerable<Metric> headlines, string weight) =>
        [name, .. headlines.Select(m => MetricCell.Of(m, set[m])), weight];

}
