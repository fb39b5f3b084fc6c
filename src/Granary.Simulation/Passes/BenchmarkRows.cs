namespace Granary.Simulation.Passes;

/// <summary>Computes the value of one unit of money in a benchmark at each row of a portfolio, in equal parts over its markets.</summary>
/// <param name="times">Timestamps of the rows, UTC ticks.</param>
/// <param name="rowTicks">Time from a row's timestamp until it is known, in ticks.</param>
internal sealed class BenchmarkRows(long[] times, long rowTicks)
{
    private readonly double[] _sums = new double[times.Length];
    private readonly bool[] _hasBar = new bool[times.Length];
    private int _row, _markets;
    private double _worth;
    private bool _isNew;

    /// <summary>Starts the next market.</summary>
    public void Begin() => (_row, _worth, _isNew, _markets) = (0, 1, false, _markets + 1);

    /// <summary>Adds the market's next bar. Before its first bar the value is 1.</summary>
    /// <param name="known">Close time of the bar, UTC ticks.</param>
    public void Add(long known, double worth)
    {
        while (_row < times.Length && known > times[_row] + rowTicks) Pass();
        (_worth, _isNew) = (worth, true);
    }

    /// <summary>Ends the current market; its last value applies to the remaining rows.</summary>
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

    /// <summary>Returns the first row, and each later row since whose predecessor a market had a bar.</summary>
    public int[] Common() => [.. Enumerable.Range(0, times.Length).Where(i => i == 0 || _hasBar[i])];

    /// <summary>Returns the first of some rows, and those with a bar since the previous one.</summary>
    /// <param name="chosen">Timestamps of the rows, ascending.</param>
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
