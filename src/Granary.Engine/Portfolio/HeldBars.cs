using Granary.Engine.Market;

namespace Granary.Engine.Portfolio;

/// <summary>Counts, for trades that the portfolio closes itself, the bars of their strategies' timeframes that they were held.</summary>
internal sealed class HeldBars
{
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly List<BarCount>[] _ofMarket;
    // By market: the timeframe of the bars that mark it, the shortest of its members'.
    private readonly Timeframe[] _marks;

    /// <param name="members">Those with a weight say at which timeframe a market is marked: the shortest of theirs.</param>
    public HeldBars(IReadOnlyList<Instrument> instruments, IReadOnlyList<PortfolioMember> members)
    {
        (_instruments, _ofMarket) = (instruments, [.. instruments.Select(_ => new List<BarCount>())]);
        _marks = new Timeframe[instruments.Count];
        foreach (var member in members)
            if (member.Weight != 0)
                Include(member);
    }

    /// <summary>A member has a weight from now on. Its bars are counted too, and if they are the shortest they mark.</summary>
    public void Include(in PortfolioMember member)
    {
        if (member.Timeframe.Ticks <= 0) return;
        foreach (var market in member.Symbols)
        {
            if (Find(market, member.Timeframe) is not null) continue;
            var (counts, calendar) = (_ofMarket[market], _instruments[market].Calendar);
            if (counts.Count == 0 || member.Timeframe.Ticks < _marks[market].Ticks) _marks[market] = member.Timeframe;
            counts.Add(new BarCount(_marks[market], member.Timeframe, calendar));
            foreach (var count in counts) count.MarkBy(_marks[market], calendar);
        }
    }

    /// <summary>A bar that marks the portfolio has closed.</summary>
    public void Add(int market, in Bar bar)
    {
        foreach (var count in _ofMarket[market]) count.Add(bar);
    }

    /// <summary>The end of a bar that marks a market, UTC ticks; its open time where the market's bars are not counted.</summary>
    public long CloseOf(int market, long time) => _marks[market].CloseOf(time);

    /// <summary>Why nothing can be traded after a bar that marks a market; null if something can.</summary>
    /// <param name="time">The bar's open, UTC ticks.</param>
    public string? EndAt(int market, long time) => _instruments[market].EndAt(_marks[market], time);

    /// <summary>The index of the bar in which a trade was entered; −1 where the market's bars are not counted.</summary>
    /// <param name="entry">Open time of that bar, UTC ticks.</param>
    public long EntryBar(int market, Timeframe timeframe, long entry) => Find(market, timeframe)?.IndexOf(entry) ?? -1;

    /// <summary>Bars from the bar of entry to the last one that has begun.</summary>
    /// <param name="entryBar">The entry bar, from <see cref="EntryBar"/>.</param>
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
