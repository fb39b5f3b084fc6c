using Granary.Engine.Analysis;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio;

/// <summary>The bars of an instrument at one timeframe, as the books of a portfolio process them.</summary>
/// <param name="market">Index of the instrument.</param>
/// <param name="place">Its place in the order of their making.</param>
internal sealed class PortfolioFeed(int market, Timeframe timeframe, int place)
{
    private readonly BlockCalendar _calendar = new();
    private BarBlock? _block;
    private long _first = -1;
    // Open time and close of the last bar, and of the last one before the block.
    private (long Time, double Close) _last = (0, double.NaN), _before = (0, double.NaN);

    public int Market => market;

    public Timeframe Timeframe => timeframe;

    public int Place => place;

    /// <summary>The books that have orders or trades.</summary>
    public List<MemberBook> Active { get; } = [];

    /// <summary>The index of the last bar in its block.</summary>
    public int Index { get; private set; }

    /// <summary>Whether its last bar closes now.</summary>
    public bool IsNow { get; set; }

    /// <summary>Whether it has a bar.</summary>
    public bool HasBar => _block is not null;

    public Bar Last => _block![Index];

    /// <summary>Open time of the last bar, UTC ticks.</summary>
    public long Time => _last.Time;

    /// <summary>The number of bars before the last one.</summary>
    public long Number => _block!.FirstIndex + Index;

    /// <summary>The next bar has closed.</summary>
    public void Move(BarBlock block, int index)
    {
        var isOther = !ReferenceEquals(block, _block) || _first != block.FirstIndex;
        if (isOther) (_block, _first, _before) = (block, block.FirstIndex, _last);
        (Index, IsNow) = (index, true);
        _last = (block.TimeColumn[index], block.CloseColumn[index]);
        if (!isOther) return;
        foreach (var book in Active) Bind(book);
    }

    /// <summary>Has a book process the bars of the block.</summary>
    public void Bind(MemberBook book)
    {
        if (book.BoundTo == _first) return;
        book.BoundTo = _first;
        book.Book.Bind(_block!, _block!, _calendar, _before);
        book.Book.Begin(0);
    }
}
