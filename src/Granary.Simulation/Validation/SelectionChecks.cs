using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>Tests whether the result of a batch can be distinguished from luck in the selection.</summary>
/// <param name="PeriodTicks">Length of the periods of all returns used here, in ticks.</param>
/// <param name="Trials">Number of distinct combinations ever run on these bars.</param>
/// <param name="NewTrials">Number of combinations that this run tried first.</param>
/// <param name="Luck">What the portfolio's Sharpe ratio is compared with.</param>
/// <param name="Clusters">Number of groups of this batch's strategies with similar returns.</param>
/// <param name="Deflated">
/// By strategy: probability that its Sharpe ratio exceeds the best worthless trial's; NaN if it has none.
/// </param>
/// <param name="Portfolio">Sharpe ratio of the portfolio's own equity.</param>
/// <param name="PortfolioDeflated">Probability that this Sharpe ratio exceeds the luck bar.</param>
/// <param name="PortfolioAlone">The same with the trials of this run only, as if no other batch had run on these bars.</param>
/// <param name="Raw">The same with every trial counted as independent, for comparison.</param>
/// <param name="Overfitting">Null if there are too few strategies or periods.</param>
/// <param name="Snooping">Null if there are too few periods.</param>
/// <param name="SnoopingStrategies">Number of strategies in that test.</param>
internal sealed record SelectionChecks(
    long PeriodTicks, long Trials, long NewTrials, LuckBar Luck, int Clusters, double[] Deflated, TraceSharpe Portfolio,
    double PortfolioDeflated, double PortfolioAlone,
    RawDeflation Raw, ProbabilityOfOverfitting? Overfitting, int OverfittingBlocks, DataSnoopingTest? Snooping, int SnoopingStrategies)
{
    /// <summary>Effective number of independent trials.</summary>
    public double EffectiveTrials => Luck.Trials;

    /// <summary>Expected maximum Sharpe ratio per period of as many independent worthless trials.</summary>
    public double ExpectedMaximum => new LuckBar(Luck.Trials).PerPeriod(Portfolio.Returns);

    /// <summary>
    /// Expected Sharpe ratio per period of the portfolio's rule if all strategies were worthless; 0 if the rule does not join strategies
    /// that it chooses by this period.
    /// </summary>
    public double WinnersOfNothing => new LuckBar(0, Luck.Choice).PerPeriod(Portfolio.Returns);

    /// <summary>The luck bar as a ratio of a year; NaN without returns of the portfolio.</summary>
    public double AnnualLuckBar => TracePeriod.Annual(Luck.PerPeriod(Portfolio.Returns), PeriodTicks);

    /// <summary>Returns the results for a strategy.</summary>
    public CheckResults Of(int strategy) => new(Deflated[strategy], double.NaN);

    /// <summary>Results for the portfolio.</summary>
    public CheckResults OfPortfolio => new(PortfolioDeflated, Overfitting?.Probability ?? double.NaN);

    /// <param name="portfolio">Equity of the portfolio; null if it has none.</param>
    /// <param name="tests">Tests of the same outcomes.</param>
    /// <returns>Null if nothing was traced.</returns>
    public static SelectionChecks? Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes, EquityTrace? portfolio,
        TrialCensus census, SelectionTests tests)
    {
        var traced = SelectionTests.Traced(plan, outcomes);
        if (traced.Count == 0) return null;

        var deflated = new double[plan.Instances.Count];
        Array.Fill(deflated, double.NaN);
        foreach (var (strategy, trace) in traced) deflated[strategy] = TraceSharpe.Of(trace).Deflated(census.Effective);
        var own = portfolio is null ? new TraceSharpe(double.NaN, 0, double.NaN, double.NaN) : TraceSharpe.Of(portfolio);
        var ticks = traced[0].Trace.PeriodTicks;
        var luck = new LuckBar(census.Effective, Math.Max(tests.LuckOfChoice, census.Choice));
        return new SelectionChecks(ticks, census.Trials, census.New, luck, tests.Effective.Clusters, deflated, own,
            Above(luck), Above(new LuckBar(census.Own, tests.LuckOfChoice)), RawDeflation.Of(own, census, ticks), tests.Overfitting,
            tests.Blocks, tests.Snooping, tests.Snooped);

        double Above(LuckBar bar) => own.Above(bar.PerPeriod(own.Returns));
    }
}
