namespace Granary.Engine.Analysis;

/// <summary>Computes <see cref="AccountFigures"/> from every row of an account; keeps one number for each day.</summary>
/// <param name="start">Equity before the first row, against which the first day's return is taken.</param>
internal sealed class AccountAccumulator(double start)
{
    private readonly List<double> _returns = [], _inMarket = [];
    private long _day = long.MinValue, _rows;
    private double _dayStart = start, _equity = start, _equities, _exposures, _most;
    private bool _held, _isInMarket;

    /// <summary>Adds the next row.</summary>
    /// <param name="time">UTC ticks, increasing.</param>
    /// <param name="exposure">Sum of the absolute position values, account currency.</param>
    public void Add(long time, double equity, double exposure)
    {
        var day = time / TimeSpan.TicksPerDay;
        if (day != _day)
        {
            if (_rows > 0) EndDay();
            (_day, _dayStart, _isInMarket) = (day, _equity, _held);
        }
        _rows++;
        _equity = equity;
        _equities += equity;
        _held = exposure > 0;
        _isInMarket |= _held;
        if (!(equity > 0)) return;
        _exposures += exposure / equity;
        _most = Math.Max(_most, exposure / equity);
    }

    private void EndDay()
    {
        // An account that has reached zero has no further gains or losses.
        var r = _dayStart > 0 ? _equity / _dayStart - 1 : 0;
        _returns.Add(r);
        if (_isInMarket || r != 0) _inMarket.Add(r);
    }

    /// <summary>Returns the figures of all rows; call it once, after the last row.</summary>
    /// <returns>Null if no row was added.</returns>
    public AccountFigures? Finish()
    {
        if (_rows == 0) return null;
        EndDay();
        var (up, down) = (_returns.Count(r => r > 0), _returns.Count(r => r < 0));
        var (all, held) = (TailRisk.Historical([.. _returns], 0.05), TailRisk.Historical([.. _inMarket], 0.05));
        return new AccountFigures
        {
            EquityAverage = _equities / _rows,
            GrossExposureAverage = _exposures / _rows,
            GrossExposureMost = _most,
            Days = _returns.Count,
            DaysInMarket = _inMarket.Count,
            DaysProfitable = Share(up, _returns.Count),
            DaysLosing = Share(down, _returns.Count),
            DaysProfitableInMarket = Share(up, _inMarket.Count),
            DaysLosingInMarket = Share(down, _inMarket.Count),
            DailyVar95 = all.ValueAtRisk,
            DailyCvar95 = all.ExpectedShortfall,
            DailyVar95InMarket = held.ValueAtRisk,
            DailyCvar95InMarket = held.ExpectedShortfall,
        };
    }

    private static double Share(int count, int of) => of > 0 ? count / (double)of : double.NaN;
}
