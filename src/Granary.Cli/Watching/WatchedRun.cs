using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Cli.Tables;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;

namespace Granary.Cli.Watching;

/// <summary>A run of a watched file, which is compared with the run before.</summary>
internal sealed class WatchedRun
{
    private readonly RunModel _model;
    private readonly IReadOnlyDictionary<string, int>? _trades;

    /// <param name="run">A finished run.</param>
    public WatchedRun(BatchRun run) => (_model, _trades) = (run.Model, EntryDifference.Read(run.Folder));

    /// <summary>Prints the figures of this run beside the previous run's, and the trials on the bars.</summary>
    /// <param name="before">Null for the first run.</param>
    public void Write(WatchedRun? before)
    {
        if (before is not null)
        {
            TableWriter.Write($"{_model.Name}: the portfolio before and now",
                [Column.Text("Figure"), Column.Number("Before"), Column.Number("Now"), Column.Number("Change")],
                [
                    Row("Return (%)", before, m => 100 * m.TotalReturn), Row("Sharpe", before, m => m.Sharpe),
                    Row("Max drawdown (%)", before, m => 100 * m.MaxDrawdown), Row("Trades", before, m => m.Trades, "N0"),
                ]);
            Output.WriteVerdict(_model.Verdict);
            if (_model.Digest == before._model.Digest) Console.WriteLine("Every result is the same: the digest has not changed");
            else if (EntryDifference.Of(before._trades, _trades) is { } trades) Console.WriteLine(trades.Sentence);
        }
        if (_model.Trials is not { } tried) return;
        var luck = _model.Section<ValidationFigures>()?.LuckBar is { } bar && double.IsFinite(bar)
            ? ". Luck bar: the best of so many worthless trials would show an annual Sharpe ratio of "
                + bar.ToString("0.00", CultureInfo.InvariantCulture)
            : "";
        Console.WriteLine($"{Counted.Of(tried.Trials, "trial")} on these bars, of which {tried.New.ToString("N0",
            CultureInfo.InvariantCulture)} new{luck}");
        if (tried.Fault is { } fault) Console.WriteLine($"The trials of other runs are not counted: {fault}");
    }

    private string[] Row(string name, WatchedRun before, Func<MetricSet, double> figure, string format = "N2")
    {
        var (was, now) = (Of(before._model.Portfolio), Of(_model.Portfolio));
        return [name, Text(was, format), Text(now, format), Text(now - was, format, sign: true)];

        double Of(MetricSet? portfolio) => portfolio is null ? double.NaN : figure(portfolio);
    }

    private static string Text(double value, string format, bool sign = false) => !double.IsFinite(value) ? "–"
        : (sign && value > 0 ? "+" : "") + value.ToString(format, CultureInfo.InvariantCulture);
}
