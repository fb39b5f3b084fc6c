using Granary.Engine.Market;

namespace Granary.Engine.Portfolio;

/// <summary>Counts, for trades that the portfolio closes itself, the bars of their strategies' timeframes that they were held.</summary>
internal sealed class HeldBars
{
    private readonly BarCount[][] _ofMarket;

    /// <param name="members">Those with a weight say at which timeframe a market is marked: the shortest of theirs.</param>
    public HeldBars(IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members)
    {
        var timeframes = instruments.Select(_ => new SortedSet<Timeframe>(Comparer<Timeframe>.Create((a, b) => a.Ticks.CompareTo(b.Ticks))))
            .ToArray();
        foreach (var member in members)
            if (member.Weight != 0 && member.Timeframe.Ticks > 0)
                foreach (var market in member.Symbols)
                    timeframes[market].Add(member.Timeframe);
        _ofMarket = [.. timeframes.Select((of, market) => of.Select(t => new BarCount(of.Min, t, instruments[market].Calendar)).ToArray())];
    }

    /// <summary>A bar that marks the portfolio has closed.</summary>
    public void Add(int market, in Bar bar)
    {
        foreach (var count in _ofMarket[market]) count.Add(bar);
    }

    /// <summary>The index of the bar in which a trade was entered; −1 where the market's bars are not counted.</summary>
    /// <param name="entry">Open time of that bar, UTC ticks.</param>
    public long EntryBar(int market, Timeframe timeframe, long entry) => Find(market, timeframe)?.IndexOf(entry) ?? -1;

    /// <summary>Bars from the bar of entry to the last one that has begun.</summary>
    /// <param name="entryBar">Of <see cref="EntryBar"/>.</param>
    /// <returns>0 where the market's bars are not counted.</returns>
    public int Since(int market, Timeframe timeframe, long entryBar) =>
        entryBar >= 0 && Find(market, timeframe) is { } count ? (int)Math.Max(0, count.Last - entryBar) : 0;

    private BarCount? Find(int market, Timeframe timeframe)
    {
        foreach (var count in _ofMarket[market])
            if (count.Timeframe == timeframe)
                return count;
        return null;
    }
}
