namespace Granary.Engine.Market;

/// <summary>
/// A stretch of the joined timeline of several symbols. Each time slice has the bars of the symbols that have one, of equal open time.
/// </summary>
internal sealed class JoinedBlock
{
    private readonly BarBlock?[] _bars;
    private readonly int[][] _index;
    private readonly double[] _closeBefore;

    internal JoinedBlock(long firstRow, long[] time, BarBlock?[] bars, int[][] index, double[] closeBefore)
    {
        FirstRow = firstRow;
        TimeColumn = time;
        _bars = bars;
        _index = index;
        _closeBefore = closeBefore;
    }

    /// <summary>The number of time slices before this block.</summary>
    public long FirstRow { get; }

    /// <summary>The number of time slices, at most <see cref="BarBlock.MaxCount"/>.</summary>
    public int Count => TimeColumn.Length;

    /// <summary>The number of symbols.</summary>
    public int Symbols => _bars.Length;

    /// <summary>Open times, UTC ticks, strictly increasing.</summary>
    public ReadOnlySpan<long> Time => TimeColumn;

    internal long[] TimeColumn { get; }

    /// <summary>The symbol's own bars within this stretch, as a block that follows its previous one; null if it has none.</summary>
    public BarBlock? Bars(int symbol) => _bars[symbol];

    /// <summary>Index into <see cref="Bars"/> of the symbol's bar in this time slice; -1 if it has none.</summary>
    public int IndexAt(int symbol, int row) => _index[symbol][row];

    /// <summary>
    /// The other symbol's last known close at the close of each of the subject's bars in this stretch: of the same time slice, or else of
    /// its last bar before; NaN before its first bar.
    /// </summary>
    /// <param name="seen">The other's prices as they are seen; null if these are the traded ones.</param>
    /// <exception cref="InvalidOperationException">The subject has no bar in this stretch.</exception>
    public double[] CloseOf(int other, int subject, SeenPrices? seen = null)
    {
        var bars = _bars[subject] ?? throw new InvalidOperationException("the subject has no bar in this stretch");
        var result = new double[bars.Count];
        var close = _closeBefore[other];
        // A roll is at a bar, so the close before this stretch is of the contract before it.
        if (seen is not null) close = seen.ToSeen(close, TimeColumn[0] - 1);
        var own = _index[subject];
        var theirs = _index[other];
        for (var row = 0; row < own.Length; row++)
        {
            if (theirs[row] >= 0)
            {
                close = _bars[other]!.CloseColumn[theirs[row]];
                if (seen is not null) close = seen.ToSeen(close, TimeColumn[row]);
            }
            if (own[row] >= 0) result[own[row]] = close;
        }
        return result;
    }
}
