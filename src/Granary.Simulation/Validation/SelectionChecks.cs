using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>Whether the result of a batch can be distinguished from luck in the selection.</summary>
/// <param name="PeriodTicks">Of the returns that all of this is computed from.</param>
/// <param name="Trials">Different combinations ever run on these bars.</param>
/// <param name="NewTrials">How many of them this run was the first to try.</param>
/// <param name="EffectiveTrials">How many independent trials they amount to.</param>
/// <param name="Clusters">Groups of this batch's strategies that do the same.</param>
/// <param name="ExpectedMaximum">The Sharpe ratio per period that the best of so many independent worthless trials would show.</param>
/// <param name="WinnersOfNothing">
/// The Sharpe ratio per period that the portfolio's rule would show if all strategies were worthless; 0 where it chooses none by this
/// record.
/// </param>
/// <param name="Deflated">
/// By strategy: the probability that its Sharpe ratio is above <paramref name="ExpectedMaximum"/>; NaN where it has none.
/// </param>
/// <param name="Portfolio">Of the portfolio's own equity.</param>
/// <param name="PortfolioDeflated">The probability that its Sharpe ratio is above both.</param>
/// <param name="PortfolioAlone">The same with the trials of this run alone, as if no other batch had run on these bars.</param>
/// <param name="Raw">The same with every trial counted as independent, for comparison.</param>
/// <param name="Overfitting">Null where there are too few strategies or periods.</param>
/// <param name="Snooping">Null where there are too few periods.</param>
/// <param name="SnoopingStrategies">How many strategies that test looked at.</param>
public sealed record SelectionChecks(
    long PeriodTicks, long Trials, long NewTrials, double EffectiveTrials, int Clusters, double ExpectedMaximum, double WinnersOfNothing,
    double[] Deflated, TraceSharpe Portfolio, double PortfolioDeflated, double PortfolioAlone,
    RawDeflation Raw, ProbabilityOfOverfitting? Overfitting, int OverfittingBlocks, DataSnoopingTest? Snooping, int SnoopingStrategies)
{
    /// <summary>What the checks say of a strategy.</summary>
    public CheckResults Of(int strategy) => new(Deflated[strategy], double.NaN);

    /// <summary>What the checks say of the portfolio.</summary>
    public CheckResults OfPortfolio => new(PortfolioDeflated, Overfitting?.Probability ?? double.NaN);

    /// <param name="portfolio">The portfolio's equity; null where it has none.</param>
    /// <param name="tests">Of the same outcomes.</param>
    /// <returns>Null where nothing was traced.</returns>
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
        return new SelectionChecks(ticks, census.Trials, census.New, census.Effective, tests.Effective.Clusters,
            own.ExpectedMaximum(census.Effective), tests.WinnersOfNothing,
            deflated, own, Above(census.Effective), Above(census.Own),
            RawDeflation.Of(own, census, ticks), tests.Overfitting, tests.Blocks, tests.Snooping, tests.Snooped);

        double Above(double trials) => own.Above(Math.Max(own.ExpectedMaximum(trials), tests.WinnersOfNothing));
    }
}
