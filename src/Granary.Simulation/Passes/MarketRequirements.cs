using System.Text.RegularExpressions;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Recorded;

namespace Granary.Simulation.Passes;

/// <summary>Checks that the bars of a batch's markets meet its requirements.</summary>
internal static partial class MarketRequirements
{
    /// <summary>Checks that markets have the tick size and volume that the execution section needs.</summary>
    /// <exception cref="InputException">A market lacks one of them; one sentence about the first.</exception>
    public static async Task CheckAsync(ExecutionSpec spec, IEnumerable<OpenedMarket> markets, CancellationToken cancellationToken)
    {
        if (spec.Place is not { } place) return;
        foreach (var market in markets)
        {
            ExecutionSection.CheckTick(spec, market.Instrument);
            var needs = place.Find("volumePercent") ?? place.Find("slippageVolumeImpact");
            if (needs is not null && !await HasVolumeAsync(market.Series, cancellationToken))
                throw needs.Fault($"the bars of {market.Symbol} have no volume at all, and nothing can be said of a share of it; leave it "
                    + $"out, or use data with volumes");
        }
    }

    /// <summary>
    /// Checks that no symbol is an inverse contract, by its settings or by the name that its exchange gives such contracts.
    /// </summary>
    /// <exception cref="InputException">One is.</exception>
    public static void RefuseInverse(DataSpec data, IEnumerable<string> symbols)
    {
        foreach (var symbol in symbols)
        {
            if (data.InstrumentOf(symbol)?.Contract is { } named ? named != "inverse"
                : !InverseName().IsMatch(symbol)) continue;
            var place = data.Of(symbol).InstrumentsPart?.Find(symbol)?.Find("contract") ?? data.Of(symbol).Place;
            throw place.Fault($"{symbol} is an inverse contract, whose margin and profits are in its coin; use data of the contract that is "
                + $"settled in the currency of its prices, or write \"instruments\": {{ \"{symbol}\": {{ \"contract\": \"linear\" }} }} if it "
                + "is not one");
        }
    }

    // Contracts in coins of Binance: BTCUSD_PERP, BTCUSD_250328.
    [GeneratedRegex("^[A-Z0-9]+USD_(?:PERP|[0-9]{6})$", RegexOptions.NonBacktracking)]
    private static partial Regex InverseName();

    /// <summary>
    /// Returns the symbols of which a strategy counts bars. Recorded trades do not, so their prices may have any spacing.
    /// </summary>
    public static HashSet<string> CountedIn(BatchPlan plan) =>
        plan.Feeds.Where(f => f.Instances.Any(i => i.Definition.Name != RecordedTrades.ClassName)).SelectMany(f => f.Symbols)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Checks that the bars of a market have the timeframe of the batch.</summary>
    /// <exception cref="InputException">Most bars have a different timeframe.</exception>
    public static async Task CheckSpacingAsync(DataSpec data, string symbol, IBarSeries series, CancellationToken cancellationToken)
    {
        var spacing = new BarSpacing(series.Timeframe);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken))
        {
            spacing.Add(block.Time);
            if (spacing.Other is null) return;
        }
        if (spacing.OtherTimeframe is { } actual)
            throw data.Of(symbol).TimeframePlace.Fault($"most bars of {symbol} are {spacing.Other} apart, not {series.Timeframe}; write "
                + $"\"timeframe\": \"{actual}\", or name a source with {series.Timeframe} bars");
    }

    // Without bars, as at the beginning of a session, nothing says that there is none.
    private static async Task<bool> HasVolumeAsync(IBarSeries series, CancellationToken cancellationToken)
    {
        var isEmpty = true;
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken))
        {
            isEmpty = false;
            foreach (var volume in block.Volume)
                if (volume > 0)
                    return true;
        }
        return isEmpty;
    }
}
