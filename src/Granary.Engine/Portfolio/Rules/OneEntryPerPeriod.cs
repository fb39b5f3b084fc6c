using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Refuses a second entry of a strategy for the same bar, instrument and side while the first one is not filled. Orders that add to a trade
/// are meant to be several.
/// </summary>
internal sealed class OneEntryPerPeriod(int members) : IPortfolioRule
{
    private readonly (int Number, int Market, Side Side, long Period)[] _last = new (int, int, Side, long)[members];

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio)
    {
        var signal = entry.Signal;
        if (signal.AddsTo != 0) return true;
        ref var last = ref _last[entry.Member];
        if (last.Number != 0 && last.Period == signal.Time && last.Market == entry.Market && last.Side == signal.Side
            && portfolio.IsReserved(entry.Member, last.Number)) return false;
        last = (signal.Number, entry.Market, signal.Side, signal.Time);
        return true;
    }
}
