using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Refuses a second entry of a strategy for the same bar, instrument and side while the first one is not filled.</summary>
internal sealed class OneEntryPerPeriod(int members) : IPortfolioRule
{
    private readonly (int Number, int Market, Side Side, long Period)[] _last = new (int, int, Side, long)[members];

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio)
    {
        ref var last = ref _last[entry.Member];
        var signal = entry.Signal;
        if (last.Number != 0 && last.Period == signal.Time && last.Market == entry.Market && last.Side == signal.Side
            && portfolio.IsReserved(entry.Member, last.Number)) return false;
        last = (signal.Number, entry.Market, signal.Side, signal.Time);
        return true;
    }
}
