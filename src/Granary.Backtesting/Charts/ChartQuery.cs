using Granary.Engine.Market;

namespace Granary.Backtesting.Charts;

/// <summary>What a price chart shows.</summary>
/// <param name="Symbol">A market of the run.</param>
/// <param name="Timeframe">null = the batch's.</param>
/// <param name="Factors">As users write them.</param>
/// <param name="Strategy">The id of the strategy whose stops and targets it shows; null = none.</param>
public sealed record ChartQuery(string Symbol, Timeframe? Timeframe, IReadOnlyList<string> Factors, string? Strategy);
