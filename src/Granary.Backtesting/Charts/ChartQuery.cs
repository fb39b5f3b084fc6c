using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Backtesting.Charts;

/// <summary>The market, factors and strategy that a price chart shows.</summary>
/// <param name="Symbol">A market of the run or the session.</param>
/// <param name="Timeframe">The timeframe; null = the batch's.</param>
/// <param name="Factors">The factors, as users write them.</param>
/// <param name="Strategy">The id of the strategy with the stops and targets; null = none.</param>
internal sealed record ChartQuery(string Symbol, Timeframe? Timeframe, IReadOnlyList<string> Factors, string? Strategy)
{
    /// <summary>Reads the texts of a request.</summary>
    /// <param name="factors">With semicolons between.</param>
    /// <exception cref="InputException">The timeframe is unknown.</exception>
    public static ChartQuery Read(string symbol, string? timeframe, string? factors = null, string? strategy = null)
    {
        Timeframe? asked = null;
        if (timeframe is not null && !Engine.Market.Timeframe.TryParse(timeframe, out asked))
            throw new InputException($"timeframe={timeframe}: use one of {string.Join(' ', Engine.Market.Timeframe.All)}");
        return new ChartQuery(symbol, asked, string.IsNullOrWhiteSpace(factors) ? [] : [.. FactorParser.Split(factors)],
            string.IsNullOrWhiteSpace(strategy) ? null : strategy);
    }
}
