using System.Collections.Immutable;
using System.Globalization;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.WalkForward;

/// <summary>Writes the additional outputs of a walk-forward optimisation: its section of results.json, and windows.csv.</summary>
internal static class WalkForwardReport
{
    public static WalkForwardResults Of(BatchPlan plan, WalkForwardOutcome outcome) => new()
    {
        Mode = outcome.Spec.Anchored ? "anchored" : "rolling",
        Objective = outcome.Spec.Objective.ToString(),
        InSample = outcome.Spec.InSample.ToString(),
        OutOfSample = outcome.Spec.OutOfSample.ToString(),
        InSampleDays = Days(outcome.Spec.InSample, outcome.Windows.Average(w => w.Learnt - w.From)),
        OutOfSampleDays = Days(outcome.Spec.OutOfSample, outcome.Windows.Average(w => w.To - w.At)),
        Gap = outcome.Spec.Gap == default ? null : outcome.Spec.Gap.ToString(),
        Windows = outcome.Windows.Count,
        EfficiencyRatio = outcome.Efficiency,
        Groups = [.. outcome.Groups.Select(g => new WalkForwardGroup(g.Name, g.Members.Count, g.Statistics.TotalReturn, g.Stability,
            [.. g.Choices.Select(c => Choice(plan, outcome.Spec, c))]))],
    };

    // A number of bars is as long as the windows are on average.
    private static double Days(WindowSpan span, double ticks) =>
        span.Bars > 0 ? ticks / TimeSpan.TicksPerDay : span.Calendar.NominalDays;

    private static WalkForwardChoice Choice(BatchPlan plan, WalkForwardSpec spec, WindowChoice choice) => new()
    {
        From = choice.Window.From,
        ChosenAt = choice.Window.At,
        To = choice.Window.To,
        Strategy = choice.Strategy < 0 ? null : plan.Instances[choice.Strategy].Id,
        Params = choice.Strategy < 0 ? null
            : plan.Instances[choice.Strategy].Params.ToDictionary(p => p.Name, p => p.Value is int or double
                ? Convert.ToDouble(p.Value, CultureInfo.InvariantCulture)
                : (object)Convert.ToString(p.Value, CultureInfo.InvariantCulture)!, StringComparer.Ordinal),
        Objective = choice.Objective,
        InSampleReturn = choice.InSampleReturn,
        OutOfSampleReturn = choice.OutOfSampleReturn,
        OutOfSampleObjective = choice.OutOfSample is { } o ? spec.Objective[o] : double.NaN,
        Trades = choice.Trades.Count,
        InSample = Account(choice.InSample),
        OutOfSample = Account(choice.OutOfSample),
    };

    private static readonly ImmutableArray<Metric> _ofChoices =
    [
        TradeMetrics.Trades, TradeMetrics.WinRate, ReturnMetrics.TotalReturn, ReturnMetrics.Cagr, RiskMetrics.Volatility,
        RatioMetrics.Sharpe, RiskMetrics.MaxDrawdown, TradeMetrics.Exposure,
    ];

    // The same metrics in and out of sample, so that they can be compared.
    private static Dictionary<string, double>? Account(MetricSet? statistics) =>
        statistics is null ? null : _ofChoices.ToDictionary(m => m.Key, m => statistics[m], StringComparer.Ordinal);

    /// <summary>Writes windows.csv, with a row for each selection.</summary>
    public static void Csv(TextWriter writer, BatchPlan plan, WalkForwardOutcome outcome)
    {
        using var csv = CsvText.Open(writer);
        foreach (var name in new[] { "group", "from", "chosen_at", "to", "strategy", "objective", "in_sample_return",
            "out_of_sample_return", "trades", "out_of_sample_objective" }) csv.WriteField(name);
        csv.NextRecord();
        foreach (var group in outcome.Groups)
            foreach (var c in group.Choices)
            {
                csv.WriteField(group.Name);
                csv.WriteField(RunText.Time(c.Window.From));
                csv.WriteField(RunText.Time(c.Window.At));
                csv.WriteField(RunText.Time(c.Window.To));
                csv.WriteField(c.Strategy < 0 ? "" : plan.Instances[c.Strategy].Id);
                csv.WriteField(RunText.Number(c.Objective));
                csv.WriteField(RunText.Number(c.InSampleReturn));
                csv.WriteField(RunText.Number(c.OutOfSampleReturn));
                csv.WriteField(c.Trades.Count.ToString(CultureInfo.InvariantCulture));
                csv.WriteField(RunText.Number(c.OutOfSample is { } o ? outcome.Spec.Objective[o] : double.NaN));
                csv.NextRecord();
            }
    }
}
