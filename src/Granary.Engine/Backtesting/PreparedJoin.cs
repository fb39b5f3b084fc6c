using Granary.Engine.Analysis;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>A stretch of several symbols' joined timeline, with the data that its strategies share.</summary>
internal sealed class PreparedJoin : PreparedBars
{
    private readonly PreparedBlock?[] _symbols;

    internal PreparedJoin(JoinedBlock block, PreparedBlock?[] symbols, BlockCalendar calendar, double[] nothing)
    {
        Block = block;
        _symbols = symbols;
        Calendar = calendar;
        Nothing = nothing;
    }

    public override int Count => Block.Count;

    public override PreparedBlock? Own => _symbols[0];

    public JoinedBlock Block { get; }

    /// <summary>Months and weeks of the joined timeline.</summary>
    public BlockCalendar Calendar { get; }

    /// <summary>
    /// One symbol's own bars and factors, for strategies that trade only this symbol (their factors may read others); null if it has no bar
    /// in the stretch.
    /// </summary>
    public PreparedBlock? Symbol(int symbol) => _symbols[symbol];

    // A placeholder column for blocks that have only times and one value.
    internal double[] Nothing { get; }
}
