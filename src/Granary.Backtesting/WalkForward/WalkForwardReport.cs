using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
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
        Params = choice.Strategy < 0 ? null : ParamsOf(plan, choice.Strategy).ToDictionary(StringComparer.Ordinal),
        Tried = choice.Tried,
        Objective = choice.Objective,
        InSampleReturn = choice.InSampleReturn,
        OutOfSampleReturn = choice.OutOfSampleReturn,
        OutOfSampleObjective = choice.OutOfSample is { } o ? spec.Objective[o] : double.NaN,
        Trades = choice.Trades.Count,
        InSample = Account(choice.InSample),
        OutOfSample = Account(choice.OutOfSample),
    };

    // The parameters of a strategy, and what a search varied beside them.
    private static List<KeyValuePair<string, object>> ParamsOf(BatchPlan plan, int strategy)
    {
        var values = plan.Instances[strategy].Params.Select(p => KeyValuePair.Create(p.Name, ShownOf(p.Value))).ToList();
        if (strategy - (plan.Instances.Count - plan.Trials.Count) is >= 0 and var number)
        {
            var (trial, dimensions) = (plan.Trials[number], plan.Searches[plan.Trials[number].Search].Spec.Dimensions);
            values.AddRange(dimensions.Zip(trial.Point).Where(d => d.First.Target != SearchTarget.Parameter)
                .Select(d => KeyValuePair.Create(d.First.Name, ShownOf(d.First.ShownOf(d.Second)))));
        }
        return values;
    }

    private static object ShownOf(object value) => value is int or double
        ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static readonly ImmutableArray<Metric> _ofChoices =
    [
        TradeMetrics.Trades, TradeMetrics.WinRate, ReturnMetrics.TotalReturn, ReturnMetrics.Cagr, RiskMetrics.Volatility,
        RatioMetrics.Sharpe, RiskMetrics.MaxDrawdown, TradeMetrics.Exposure,
    ];

    // The same metrics in and out of sample, so that they can be compared.
    private static Dictionary<string, double>? Account(MetricSet? statistics) =>
        statistics is null ? null : _ofChoices.ToDictionary(m => m.Key, m => statistics[m], StringComparer.Ordinal);

    /// <summary>
    /// Returns the table windows, with a row for each selection. After the fixed columns, there is one for each parameter of the selections.
    /// </summary>
    public static Table Table(BatchPlan plan, WalkForwardOutcome outcome)
    {
        List<WindowRow> rows = [.. outcome.Groups.SelectMany(g => g.Choices.Select(c => new WindowRow(g.Name, c)
        {
            Strategy = c.Strategy < 0 ? null : plan.Instances[c.Strategy].Id,
            OutOfSampleObjective = c.OutOfSample is { } o ? outcome.Spec.Objective[o] : double.NaN,
            Params = c.Strategy < 0 ? FrozenDictionary<string, object>.Empty
                : ParamsOf(plan, c.Strategy).ToDictionary(StringComparer.Ordinal),
        }))];
        var names = outcome.Groups.SelectMany(g => g.Choices).Where(c => c.Strategy >= 0).Select(c => c.Strategy).Distinct()
            .SelectMany(i => ParamsOf(plan, i)).Select(p => p.Key).Distinct(StringComparer.Ordinal);
        var definition = WindowTable.Fixed;
        foreach (var name in names)
            definition = definition.Value(new OutputColumn(name, TableCell.TypeOf(rows.Select(r => r.Param(name)))), r => r.Param(name));
        return definition.Of(rows);
    }
}
