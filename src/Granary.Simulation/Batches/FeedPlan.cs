using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Learning.Regimes;

namespace Granary.Simulation.Batches;

/// <summary>Strategies that run on the same bars: one symbol, or one set of symbols, at one timeframe.</summary>
/// <param name="Symbols">Traded symbols, followed by symbols that one-symbol strategies only read.</param>
internal sealed record FeedPlan(int Index, IReadOnlyList<string> Symbols, Timeframe Timeframe, IReadOnlyList<StrategyInstance> Instances)
{
    /// <summary>Whether its strategies receive all its symbols on one joined timeline.</summary>
    public bool IsJoined => Instances[0].Definition.IsMultiSymbol;

    /// <summary>Whether its strategies trade only the first symbol and read the others.</summary>
    public bool IsReferring => !IsJoined && Symbols.Count > 1;

    /// <summary>
    /// Length of the periods at whose ends the strategies' equity is recorded, in ticks; the same for all feeds of a batch. 0 = not
    /// recorded.
    /// </summary>
    public long TracePeriod { get; init; }

    /// <summary>Metrics to compute for each strategy.</summary>
    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>Periods per year that the batch sets for these bars; null to count them.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>Strategies trade from this time on, UTC ticks; earlier bars only warm up. 0 = no warm-up bars.</summary>
    public long TradeFrom => Instances[0].Trading.TradeFrom;

    /// <summary>The batch's regimes, which strategies and models may read; null if it declares none.</summary>
    public RegimePlan? Regimes { get; init; }

    /// <summary>Creates the kernels of factors that the batch declares, such as regime states.</summary>
    public Func<FactorRequest, FactorKernel?>? Supply => Regimes is null ? null : RegimeState.Supply(Regimes);

    /// <summary>Creates a factor plan for one of its symbols.</summary>
    /// <param name="memory">Factor columns already computed for the symbol at the feed's timeframe.</param>
    public FactorPlan NewFactors(FactorMemory? memory = null) => new() { Supply = Supply, Memory = memory, Symbols = Symbols };

    public override string ToString() => $"{string.Join('+', Symbols)}:{Timeframe}";
}
