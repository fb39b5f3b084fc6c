namespace Granary.Simulation.Passes;

/// <summary>What a unit of money in a benchmark is worth at each row of a portfolio, in equal parts over its markets.</summary>
/// <param name="times">Stamps of the rows, UTC ticks.</param>
/// <param name="rowTicks">A row is known so long after its stamp.</param>
internal sealed class BenchmarkRows(long[] times, long rowTicks)
{
    private readonly double[] _sums = new double[times.Length];
    private readonly bool[] _hasBar = new bool[times.Length];
    private int _row, _markets;
    private double _worth;
    private bool _isNew;

    /// <summary>A further market.</summary>
    public void Begin() => (_row, _worth, _isNew, _markets) = (0, 1, false, _markets + 1);

    /// <summary>The market's next bar; before its first one it is worth 1.</summary>
    /// <param name="known">Its close, UTC ticks.</param>
    public void Add(long known, double worth)
    {
        while (_row < times.Length && known > times[_row] + rowTicks) Pass();
        (_worth, _isNew) = (worth, true);
    }

    /// <summary>The market has no further bar.</summary>
    public void End()
    {
        while (_row < times.Length) Pass();
    }

    private void Pass()
    {
        _sums[_row] += _worth;
        _hasBar[_row++] |= _isNew;
        _isNew = false;
    }

    public double At(int row) => _sums[row] / _markets;

    /// <summary>The first row, and each later one before which a market had a bar.</summary>
    public int[] Common() => [.. Enumerable.Range(0, times.Length).Where(i => i == 0 || _hasBar[i])];

    /// <summary>Of some rows the first, and those with a bar since the one before.</summary>
    /// <param name="chosen">Stamps of rows, ascending.</param>
    public IEnumerable<int> CommonAt(IEnumerable<long> chosen)
    {
        var (row, first) = (0, true);
        foreach (var stamp in chosen)
        {
            var hasBar = first;
            for (; row < times.Length && times[row] <= stamp; row++) hasBar |= _hasBar[row];
            first = false;
            if (hasBar) yield return row - 1;
        }
    }
}
