using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>A stretch of a feed's bars with the data that its strategies share: one symbol's, or several on a joined timeline.</summary>
internal abstract class PreparedBars
{
    /// <summary>Number of bars, or of rows of the joined timeline.</summary>
    public abstract int Count { get; }

    /// <summary>The bars of the feed's first symbol; null if it has no bar in the stretch.</summary>
    public abstract PreparedBlock? Own { get; }
}

/// <summary>A block with all that its feed's strategies share over it.</summary>
/// <remarks>
/// Short blocks, as a live session's of one bar, are also collected: a run need not mark its equity in each, but marks many bars at once
/// when its position changes or the collection is full.
/// </remarks>
internal sealed class PreparedBlock : PreparedBars
{
    // Blocks of at most Short bars are collected, up to Together bars.
    private const int Short = 64, Together = 512;

    private readonly BlockCalendar _calendarOfCollected;
    private BarBlock? _copy, _seenCopy, _collected;

    internal PreparedBlock(FactorPlan plan, int capacity, long tracePeriod)
    {
        Calendar = new BlockCalendar(tracePeriod);
        _calendarOfCollected = new BlockCalendar(tracePeriod);
        Sheet = new FactorSheet(plan, capacity);
        Capacity = capacity;
    }

    internal int Capacity { get; }

    public override int Count => Block.Count;

    public override PreparedBlock Own => this;

    public BarBlock Block { get; private set; } = null!;

    /// <summary>The same bars as strategies see them; the block itself unless they see adjusted prices.</summary>
    public BarBlock Seen { get; private set; } = null!;

    /// <summary>The bars at which the symbol's listing changes; null if there are none.</summary>
    public IReadOnlyList<ListingStep>? Steps { get; private set; }

    public FactorSheet Sheet { get; }

    public BlockCalendar Calendar { get; }

    /// <summary>The block's bars; for all blocks of a collection the same object, so a run need not be given a new one.</summary>
    internal BarBlock Bars { get; private set; } = null!;

    /// <summary>These bars as strategies see them.</summary>
    internal BarBlock SeenBars { get; private set; } = null!;

    /// <summary>The bars in which the runs mark: the collection, or the block alone.</summary>
    internal BarBlock Marks { get; private set; } = null!;

    /// <summary>Of <see cref="Marks"/>.</summary>
    internal BlockCalendar MarkCalendar { get; private set; } = null!;

    /// <summary>The place of the block's first bar in <see cref="Marks"/>; 0 where these begin.</summary>
    internal int Offset { get; private set; }

    /// <summary>Open time, UTC ticks, and close of the bar before <see cref="Marks"/>; of the first bar of all, none and NaN.</summary>
    internal (long Time, double Close) Before { get; private set; }

    /// <summary>Whether the next block may be collected with this one, so bars can be marked later.</summary>
    internal bool IsOpen { get; private set; }

    internal bool CanTake(BarBlock next) =>
        IsOpen && next.Count <= Math.Min(Short, Capacity) && next.FirstIndex == Marks.FirstIndex + Marks.Count;

    /// <param name="seen">The block as strategies see it.</param>
    /// <param name="last">Open time and close of the bar before the block.</param>
    internal void Take(BarBlock block, BarBlock seen, (long Time, double Close) last, IReadOnlyList<ListingStep>? steps)
    {
        Calendar.Read(block, last.Time);
        if (block.Count > Short)
        {
            (Bars, Marks, MarkCalendar, Offset, IsOpen) = (block, block, Calendar, 0, false);
        }
        else
        {
            _copy ??= new BarBlock(Short);
            _collected ??= new BarBlock(Together);
            Offset = CanTake(block) ? _collected.Count : 0;
            _copy.Write(0, block);
            _collected.Write(Offset, block);
            if (Offset == 0) _calendarOfCollected.Read(block, last.Time);
            else _calendarOfCollected.Add(block, last.Time, Offset);
            (Bars, Marks, MarkCalendar, IsOpen) = (_copy, _collected, _calendarOfCollected, _collected.Count <= Together - Short);
        }
        SeenBars = Bars;
        if (!ReferenceEquals(seen, block))
        {
            SeenBars = seen;
            if (block.Count <= Short)
            {
                SeenBars = _seenCopy ??= new BarBlock(Short);
                SeenBars.Write(0, seen);
            }
        }
        if (Offset == 0) Before = last;
        (Block, Seen, Steps) = (block, seen, steps);
    }
}
