using Granary.Engine.Market;

namespace Granary.Simulation.Columns;

/// <summary>
/// Joins the rows of slower series to the bars of one market, backward: a bar gets the last value that is known at its close, one that
/// becomes known at the close itself included. Bars come in order.
/// </summary>
internal sealed class AsofJoin
{
    private readonly Timeframe _timeframe;
    private readonly string[] _names;
    private readonly IReadOnlyList<AsofRow>[] _rows;
    private readonly int[] _next;

    /// <param name="tables">In the order of the batch; their columns follow one another.</param>
    public AsofJoin(string symbol, Timeframe timeframe, IReadOnlyList<(AsofKeys Keys, AsofTable Table)> tables)
    {
        _timeframe = timeframe;
        _names = [.. tables.SelectMany(t => t.Keys.Names)];
        _rows = [.. tables.SelectMany(t => t.Keys.Columns.Select((_, c) => t.Table.Of(symbol, c)))];
        _next = new int[_names.Length];
    }

    /// <summary>Names of the joined columns.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Returns the bars with the joined columns behind those that they have.</summary>
    public BarBlock Next(BarBlock block)
    {
        var values = new double[_names.Length][];
        for (var c = 0; c < values.Length; c++)
        {
            var (rows, next, column) = (_rows[c], _next[c], new double[block.Count]);
            for (var i = 0; i < column.Length; i++)
            {
                var close = _timeframe.CloseOf(block.Time[i]);
                while (next < rows.Count && rows[next].Known <= close) next++;
                column[i] = next > 0 ? rows[next - 1].Value : double.NaN;
            }
            (_next[c], values[c]) = (next, column);
        }
        var joined = new FurtherColumns(_names, values);
        return block.With(block.Further is { } own ? own.Concat(joined) : joined);
    }
}
