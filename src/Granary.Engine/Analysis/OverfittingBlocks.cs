namespace Granary.Engine.Analysis;

/// <summary>
/// Sums of returns by strategy and block of time: all the data that cross-validation needs, 16 bytes for each strategy and block.
/// </summary>
/// <remarks>Threads may set different strategies at the same time.</remarks>
internal sealed class OverfittingBlocks
{
    private readonly double[][] _sums, _squares;
    private readonly long[] _periods;

    /// <param name="blocks">An even number, 2 to 24.</param>
    /// <exception cref="ArgumentException">Fewer than two strategies, or blocks that are not even or not 2 to 24.</exception>
    public OverfittingBlocks(int strategies, int blocks)
    {
        if (strategies < 2) throw new ArgumentException($"{strategies} strategies are too few to choose among", nameof(strategies));
        if (blocks is < 2 or > 24 || blocks % 2 != 0)
            throw new ArgumentException($"{blocks} blocks: use an even number from 2 to 24", nameof(blocks));
        Strategies = strategies;
        _sums = [.. Enumerable.Range(0, blocks).Select(_ => new double[strategies])];
        _squares = [.. Enumerable.Range(0, blocks).Select(_ => new double[strategies])];
        _periods = new long[blocks];
    }

    public int Strategies { get; }

    public int Blocks => _sums.Length;

    /// <summary>Sets the sums of one strategy in one block.</summary>
    /// <param name="periods">The number of returns, the same for all strategies of the block.</param>
    /// <param name="sum">The sum of the returns.</param>
    /// <param name="squares">The sum of their squares.</param>
    public void Set(int strategy, int block, long periods, double sum, double squares)
    {
        _sums[block][strategy] = sum;
        _squares[block][strategy] = squares;
        _periods[block] = periods;
    }

    internal ReadOnlySpan<double> Sums(int block) => _sums[block];

    internal ReadOnlySpan<double> Squares(int block) => _squares[block];

    internal long Periods(int block) => _periods[block];
}
