using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>
/// Explains the steps from the headline figure to each figure of the validation checks, because not all of these describe the reported
/// portfolio.
/// </summary>
internal static class ResultBridge
{
    /// <param name="headline">Metrics of the reported portfolio; null without one.</param>
    /// <param name="portfolio">Equity of the portfolio by period; null without one.</param>
    /// <param name="weights">Final weights by strategy index.</param>
    public static IReadOnlyList<BridgeRow> Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyList<double> weights, MetricSet? headline, EquityTrace? portfolio,
        (OutOfSample? OutOfSample, CostStress? Stress) checks)
    {
        var rows = new List<BridgeRow>();
        if (headline is null || portfolio is null) return rows;
        rows.Add(new BridgeRow("Portfolio", "the headline; Sharpe ratio from every bar", headline.TotalReturn, headline.Sharpe));
        rows.Add(Row("Portfolio, by " + TracePeriod.Unit(portfolio.PeriodTicks),
            "the same equity at the ends of longer periods, which all checks use",
            portfolio.Returns(portfolio.FirstPeriod, portfolio.LastPeriod + 1), portfolio.FirstPeriod, portfolio.PeriodTicks));
        var members = plan.Instances.Where(i => weights[i.Index] != 0 && outcomes.GetValueOrDefault(i.Index)?.Trace is not null).ToList();
        if (checks.OutOfSample is { } o)
        {
            var (first, last) = (o.From / portfolio.PeriodTicks, o.To / portfolio.PeriodTicks);
            rows.Add(Row("Portfolio, unseen stretch only", "the same equity over the periods of the out-of-sample check",
                portfolio.Returns(first, last), first, portfolio.PeriodTicks));
            if (o.OnPaper)
            {
                rows.Add(Row("Its strategies on paper, same stretch",
                    "the mean of the weighted strategies' own accounts, with this run's weights, without shared cash and limits",
                    OnPaper(members, outcomes, weights, first, last), first, portfolio.PeriodTicks));
                rows.Add(new BridgeRow("Out of sample", "the same, with weights that were chosen from the past alone",
                    o.Return, TracePeriod.Annual(o.Sharpe, portfolio.PeriodTicks), o.From, o.To));
            }
        }
        if (checks.Stress is { Strategies: > 0, IsOfPortfolio: false } s)
        {
            var total = members.Sum(m => Math.Abs(weights[m.Index]));
            rows.Add(new BridgeRow("Its strategies, each in an account of its own",
                "the mean of their returns by weight: each uses its own cash, and most of it lies idle",
                members.Sum(m => weights[m.Index] * outcomes[m.Index].Statistics!.TotalReturn) / total, double.NaN));
            if (s.Strategies < s.Weighted)
                rows.Add(new BridgeRow(string.Create(CultureInfo.InvariantCulture, $"The {s.Strategies:#,0} of them that were stressed"),
                    "drawn evenly, since all would take too long", s.Return, double.NaN));
            rows.Add(new BridgeRow("Under stress", "the same with every cost doubled and every order one bar later",
                s.Stressed, double.NaN));
        }
        return rows;
    }

    private static double[] OnPaper(List<StrategyInstance> members, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyList<double> weights, long first, long last)
    {
        var returns = new double[last - first];
        var total = members.Sum(m => Math.Abs(weights[m.Index]));
        foreach (var member in members)
            for (var t = 0; t < returns.Length; t++)
                returns[t] += weights[member.Index] / total * outcomes[member.Index].Trace!.ReturnOf(first + t);
        return returns;
    }

    private static BridgeRow Row(string figure, string difference, double[] returns, long first, long ticks)
    {
        var growth = 1.0;
        foreach (var r in returns) growth *= 1 + r;
        return new BridgeRow(figure, difference, growth - 1,
            TracePeriod.Annual(TraceSharpe.Of(returns).Sharpe, ticks), first * ticks, (first + returns.Length) * ticks);
    }
}
