namespace Granary.Engine.Analysis;

/// <summary>
/// Exposure of an account over all rows, and its gains and losses by UTC day: over all days, and over the days in the market. A day is in
/// the market if a position was held at one of its rows or at the row before them, or if the equity changed. A day without a change is
/// neither a gain nor a loss. Fractions; NaN if undefined.
/// </summary>
/// <param name="EquityAverage">Mean over all rows, account currency.</param>
/// <param name="GrossExposureAverage">Mean over all rows of the absolute position values over the equity.</param>
/// <param name="GrossExposureMost">The maximum over all rows of the absolute position values over the equity.</param>
/// <param name="DaysProfitable">Days with a gain, a share of all days.</param>
/// <param name="DaysLosing">Days with a loss, a share of all days.</param>
/// <param name="DaysProfitableInMarket">Days with a gain, a share of the days in the market.</param>
/// <param name="DaysLosingInMarket">Days with a loss, a share of the days in the market.</param>
/// <param name="DailyVar95">The loss that 1 day in 20 exceeds, a positive fraction.</param>
/// <param name="DailyCvar95">The mean loss of those days.</param>
/// <param name="DailyVar95InMarket">The loss that 1 day in 20 in the market exceeds.</param>
/// <param name="DailyCvar95InMarket">The mean loss of those days.</param>
public sealed record AccountFigures(
    double EquityAverage, double GrossExposureAverage, double GrossExposureMost, int Days, int DaysInMarket, double DaysProfitable,
    double DaysLosing,
    double DaysProfitableInMarket, double DaysLosingInMarket, double DailyVar95, double DailyCvar95, double DailyVar95InMarket,
    double DailyCvar95InMarket);

/// <summary>Computes <see cref="AccountFigures"/> from every row of an account; keeps one number for each day.</summary>
/// <param name="start">Equity before the first row, against which the first day's return is taken.</param>
public sealed class AccountAccumulator(double start)
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
        return new AccountFigures(_equities / _rows, _exposures / _rows, _most, _returns.Count, _inMarket.Count, Share(up, _returns.Count),
            Share(down, _returns.Count),
            Share(up, _inMarket.Count), Share(down, _inMarket.Count), all.ValueAtRisk, all.ExpectedShortfall, held.ValueAtRisk,
            held.ExpectedShortfall);
    }

    private static double Share(int count, int of) => of > 0 ? count / (double)of : double.NaN;
}
