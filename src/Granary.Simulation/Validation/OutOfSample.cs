using Granary.Engine.Analysis;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>Returns of the weight choice on bars that it had not used.</summary>
/// <param name="How">Method of the computation, one sentence.</param>
/// <param name="From">Start of the period, UTC ticks.</param>
/// <param name="Sharpe">Sharpe ratio per period; NaN if the equity is constant or everything was lost.</param>
internal sealed record OutOfSample(string How, long From, long To, long Periods, double Return, double Sharpe)
{
    // Number of choices over the second half of the period.
    private const int Choices = 6;

    /// <summary>Whether the figures are of a simulated choice of weights instead of the actual portfolio.</summary>
    public bool OnPaper { get; private init; }

    public bool Passed => Sharpe > 0 && Return > 0;

    /// <param name="portfolio">Equity of the portfolio; null if it has none.</param>
    /// <param name="chosenFrom">
    /// Time from which weights over time are chosen from earlier bars, UTC ticks; null for weights that are constant.
    /// </param>
    /// <param name="stoodBefore">Whether the ledger shows that given weights stood at the time that the batch names.</param>
    /// <returns>Null if nothing can be computed; <paramref name="why"/> gives the reason.</returns>
    public static OutOfSample? Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, EquityTrace? portfolio,
        long? chosenFrom, bool stoodBefore, out string why)
    {
        why = "";
        if ((chosenFrom ?? (stoodBefore ? plan.Spec.Portfolio.ChosenBefore : null)) is { } start)
        {
            if (portfolio is null)
            {
                why = "the portfolio has no equity";
                return null;
            }
            var first = Math.Max(portfolio.FirstPeriod, start / portfolio.PeriodTicks + 1);
            if (portfolio.LastPeriod - first < 3)
            {
                why = "fewer than four periods come after the weights were chosen";
                return null;
            }
            return Compare("the portfolio itself, from the first weights on that were chosen from the past alone",
                portfolio.Returns(first, portfolio.LastPeriod + 1), first, portfolio.PeriodTicks);
        }
        if (plan.Spec.Portfolio.FixedWeights is not null)
        {
            why = plan.Spec.Portfolio.ChosenBefore is { } time
                ? FormattableString.Invariant($"portfolio.chosenBefore says that the weights were chosen before {new DateTime(time):yyyy-MM-dd}, and ")
                    + "the trial ledger has no run with these weights on bars that end by then, from before a run saw later bars; let a rule choose"
                : "the weights were given, and nothing shows on which bars they were chosen; let a rule choose, or run them first on bars that "
                    + "end before those of the judgement, and name that time in portfolio.chosenBefore";
            return null;
        }

        // Simulates the rule: chooses weights from data known at each time and holds them over the following periods.
        var identical = IdenticalResults.Of(plan, outcomes);
        var traces = plan.Instances.Where(i => identical.IsFirst(i.Index)).Select(i => outcomes.GetValueOrDefault(i.Index)?.Trace)
            .OfType<EquityTrace>().ToList();
        if (traces.Count == 0 || traces.Max(t => t.LastPeriod) - traces.Min(t => t.FirstPeriod) + 1 < 4 * Choices)
        {
            why = $"the record is too short to choose on one part and judge on another: fewer than {4 * Choices} periods";
            return null;
        }
        var (from, to) = (traces.Min(t => t.FirstPeriod), traces.Max(t => t.LastPeriod) + 1);
        var middle = from + (to - from) / 2;
        var returns = OnPaperReturns(plan, outcomes, traces, (from, middle, to));
        return Compare($"the rule '{plan.Spec.Portfolio.Rule}', followed on paper over the second half of the record: weights "
            + $"chosen {Choices} times, each time from what came before; not the portfolio that is shown"
            + (plan.Spec.Portfolio.Rule == WeightMethods.Best ? ", but the trial with the greatest Sharpe ratio of those that their search "
                + "proposed before it knew a result" : ""), returns, middle,
            traces[0].PeriodTicks) with
        { OnPaper = true };
    }

    // The returns of the rule over the second half, whose weights it chooses from what came before.
    private static double[] OnPaperReturns(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, List<EquityTrace> traces,
        (long From, long Middle, long To) periods)
    {
        var (from, middle, to) = periods;
        var returns = new double[to - middle];
        for (var c = 0; c < Choices; c++)
        {
            var (a, b) = (middle + (to - middle) * c / Choices, middle + (to - middle) * (c + 1) / Choices);
            var chosen = plan.Spec.Portfolio.Rule switch
            {
                WeightMethods.Equal => traces,
                WeightMethods.Best => BestBefore(plan, outcomes, from, a),
                _ => traces.Where(t => t.EquityAt(a - 1) > t.Start).ToList(),
            };
            if (chosen.Count == 0) continue;
            for (var p = a; p < b; p++)
            {
                double sum = 0;
                foreach (var trace in chosen) sum += trace.ReturnOf(p);
                returns[p - middle] = sum / chosen.Count;
            }
        }
        return returns;
    }

    // Later trials of a method that learns from results follow from all bars, so they say nothing about unseen ones.
    private static List<EquityTrace> BestBefore(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, long from, long at)
    {
        var fixedStrategies = plan.Instances.Take(plan.Instances.Count - plan.Trials.Count)
            .Select(i => outcomes.GetValueOrDefault(i.Index)?.Trace).OfType<EquityTrace>();
        var best = new (double Sharpe, EquityTrace? Trace)[plan.Searches.Count];
        for (var t = 0; t < plan.Trials.Count; t++)
        {
            var trial = plan.Trials[t];
            if (!trial.IsBlind || outcomes.GetValueOrDefault(plan.IndexOf(t))?.Trace is not { } trace) continue;
            var sharpe = TraceSharpe.Of(trace.Returns(from, at)).Sharpe;
            if (!double.IsNaN(sharpe) && (best[trial.Search].Trace is null || sharpe > best[trial.Search].Sharpe))
                best[trial.Search] = (sharpe, trace);
        }
        return [.. fixedStrategies, .. best.Select(b => b.Trace).OfType<EquityTrace>()];
    }

    /// <summary>Uses an equity that is out of sample throughout, as in a walk-forward.</summary>
    public static OutOfSample Stitched(EquityTrace equity) =>
        Compare("walk-forward, each window traded with what was chosen on the one before",
            equity.Returns(equity.FirstPeriod, equity.LastPeriod + 1), equity.FirstPeriod, equity.PeriodTicks);

    private static OutOfSample Compare(string how, double[] returns, long first, long ticks)
    {
        var growth = 1.0;
        foreach (var r in returns) growth *= 1 + r;
        return new OutOfSample(how, first * ticks, (first + returns.Length) * ticks, returns.Length, growth - 1,
            TraceSharpe.Of(returns).Sharpe);
    }
}
