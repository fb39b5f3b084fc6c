namespace Granary.Engine.Factors;

/// <summary>The values of a feed's factors over one block: shared by all its strategies, never changed while they read.</summary>
internal sealed class FactorSheet
{
    private readonly double[][] _columns;
    private readonly ulong[][] _holds;

    /// <param name="capacity">The most bars of a block.</param>
    public FactorSheet(FactorPlan plan, int capacity)
    {
        _columns = new double[plan.ColumnCount][];
        for (var i = 0; i < _columns.Length; i++) _columns[i] = new double[capacity];
        _holds = new ulong[plan.Comparisons.Count][];
        for (var i = 0; i < _holds.Length; i++) _holds[i] = new ulong[(capacity + 63) / 64];
    }

    /// <summary>Of the block's bars; longer than the block where the block is short.</summary>
    public double[] this[int column] => _columns[column];

    internal double[][] Columns => _columns;

    /// <summary>The bits of a comparison, see <see cref="Comparison.Read"/>.</summary>
    internal ulong[] Holds(int comparison) => _holds[comparison];
}
