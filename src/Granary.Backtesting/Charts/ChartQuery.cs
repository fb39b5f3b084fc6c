using Granary.Engine.Market;

namespace Granary.Backtesting.Charts;

/// <summary>The market, factors and strategy that a price chart shows.</summary>
/// <param name="Symbol">A market of the run.</param>
/// <param name="Timeframe">The timeframe; null = the batch's.</param>
/// <param name="Factors">The factors, as users write them.</param>
/// <param name="Strategy">The id of the strategy with the stops and targets; null = none.</param>
internal sealed record ChartQuery(string Symbol, Timeframe? Timeframe, IReadOnlyList<string> Factors, string? Strategy);
