using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>
/// Cost of holding a position: borrow fees of a short one, margin interest of a long one. Days are calendar days of a 365-day year.
/// </summary>
/// <param name="series">The fees over time; where it has none, the constant one counts.</param>
internal readonly struct FinancingRate(ExecutionSettings execution, BorrowSeries series)
{
    private readonly double _borrow = execution.BorrowFeeRate, _margin = execution.MarginRate, _factor = execution.BorrowFeeFactor;
    private readonly BorrowSeries? _series = series.Count > 0 ? series : null;

    /// <summary>Whether borrow fees or interest are charged.</summary>
    public bool IsCharged => ChargesBorrowFee || _margin > 0;

    public bool ChargesBorrowFee => _borrow > 0 || _series is not null;

    public bool ChargesInterest => _margin > 0;

    /// <summary>Borrow fee per unit of short market value for the nights before a day.</summary>
    /// <param name="to">The day after the last night, as days since 0001-01-01.</param>
    public double BorrowFee(long days, long to)
    {
        if (_series is null) return _borrow / 365 * days;
        var fees = 0.0;
        for (var day = to - days; day < to; day++)
        {
            var fee = _series.FeeOfNight(day);
            fees += double.IsNaN(fee) ? _borrow : fee > 0 ? fee * _factor : fee;
        }
        return fees / 365;
    }

    /// <summary>Interest per unit of value bought on margin.</summary>
    public double Interest(double days) => _margin / 365 * days;

    /// <summary>
    /// The nights for which a position has to pay: the calendar days since it was last charged. They are charged at the last close, before
    /// anything else happens on the later day; strategies, the portfolio and the simulated exchange all count them here.
    /// </summary>
    /// <param name="chargedTo">The day up to which it has paid, as days since 0001-01-01; becomes the day of the time.</param>
    /// <param name="time">UTC ticks.</param>
    public static long Nights(ref long chargedTo, long time)
    {
        var nights = time / TimeSpan.TicksPerDay - chargedTo;
        if (nights > 0) chargedTo += nights;
        return Math.Max(0, nights);
    }

    /// <summary>The share of the long positions that was bought on margin.</summary>
    /// <param name="settled">Cash without the proceeds of short sales; negative = the account owes it.</param>
    /// <param name="longValue">Market value of the long positions that were paid in full.</param>
    public static double MarginPart(double settled, double longValue) => settled < 0 && longValue > 0 ? -settled / longValue : 0;
}
