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

    /// <summary>The first row at which the benchmark has a value; the number of rows if it has none.</summary>
    public int First => Array.IndexOf(_hasBar, true) is var first && first < 0 ? times.Length : first;

    /// <summary>The first row at which a market has had a price of 0 or less; null if there is none.</summary>
    public int? FirstLost => Array.FindIndex(_sums, double.IsNaN) is >= 0 and var lost ? lost : null;

    /// <summary>Returns the rows from the first one at which a market had a bar, each with a bar since its predecessor.</summary>
    public int[] Common() => [.. Enumerable.Range(0, times.Length).Where(i => _hasBar[i])];

    /// <summary>Returns the rows that have a bar since the previous one.</summary>
    /// <param name="chosen">Timestamps of the rows, ascending.</param>
    public IEnumerable<int> CommonAt(IEnumerable<long> chosen)
    {
        var row = 0;
        foreach (var stamp in chosen)
        {
            var hasBar = false;
            for (; row < times.Length && times[row] <= stamp; row++) hasBar |= _hasBar[row];
            if (hasBar) yield return row - 1;
        }
    }
}
