using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis.Resampling;

/// <summary>An account's equity at its start and after each of its returns, as resampling reads it.</summary>
internal sealed class AccountPath
{
    private readonly long[] _times;
    private readonly double[] _values;
    private readonly double[] _returns;

    /// <summary>Takes ownership of the arrays; the caller must not change them afterwards.</summary>
    /// <param name="times">UTC ticks, ascending; several may be equal, since trades may close together.</param>
    /// <param name="values">Account currency, as many as <paramref name="times"/>, at least one.</param>
    public AccountPath(long[] times, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(times.Length, values.Length);
        (_times, _values) = (times, values);
        _returns = new double[values.Length - 1];
        for (var i = 0; i < _returns.Length; i++) _returns[i] = values[i] > 0 ? values[i + 1] / values[i] - 1 : double.NaN;
    }

    /// <summary>The realised equity of an account: its start, and after each closed trade the profits until then.</summary>
    /// <param name="start">UTC ticks, not after the first trade.</param>
    /// <param name="cash">Equity at the start.</param>
    /// <param name="trades">Exit time and net profit of each trade, in the order of closing.</param>
    public static AccountPath OfTrades(long start, double cash, IReadOnlyList<(long Time, double Profit)> trades)
    {
        var times = new long[trades.Count + 1];
        var values = new double[trades.Count + 1];
        (times[0], values[0]) = (start, cash);
        for (var i = 0; i < trades.Count; i++)
        {
            times[i + 1] = Math.Max(times[i], trades[i].Time);
            values[i + 1] = values[i] + trades[i].Profit;
        }
        return new AccountPath(times, values);
    }

    /// <summary>The number of returns.</summary>
    public int Count => _returns.Length;

    public ReadOnlySpan<long> Times => _times;

    public ReadOnlySpan<double> Values => _values;

    /// <summary>r_t = E_t / E_{t-1} − 1, fractions; NaN if E_{t-1} is not positive.</summary>
    public ReadOnlySpan<double> Returns => _returns;

    /// <summary>Calendar days from the start to the end.</summary>
    public double Days => (_times[^1] - _times[0]) / (double)TimeSpan.TicksPerDay;

    /// <summary>Whether equity reached zero, so later returns are undefined.</summary>
    public bool IsRuined => _values.AsSpan().ContainsAnyInRange(double.NegativeInfinity, 0);

    /// <summary>
    /// Over how many returns large ones follow large ones: the <see cref="BlockLength"/> that suits the sizes of the returns, |r − mean|.
    /// About 1 if the volatility does not change.
    /// </summary>
    public double VolatilityBlock()
    {
        double mean = 0;
        foreach (var r in _returns) mean += r / _returns.Length;
        return BlockLength.Of([.. _returns.Select(r => Math.Abs(r - mean))]);
    }

    /// <summary>Whether equity ever changed.</summary>
    public bool Moves
    {
        get
        {
            foreach (var r in _returns)
                if (!Variation.IsNone(Math.Abs(r), Variation.OfReturns)) return true;
            return false;
        }
    }
}
