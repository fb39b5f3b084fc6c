using Granary.Engine.Numerics;

namespace Granary.Engine.Market;

/// <summary>
/// Fees for borrowing an instrument for a short position, and the quantity that can be borrowed, over time. A row counts from the time
/// at which it is known until the next one.
/// </summary>
/// <param name="times">When the rows are known, UTC ticks, strictly increasing.</param>
/// <param name="fees">Per year, fractions of the short market value; NaN where the constant fee counts.</param>
/// <param name="available">Quantities that an account can borrow in all, base units; infinity = any.</param>
/// <param name="hash">Hash of the content, in hexadecimal digits; empty if the batch has no table.</param>
internal sealed class BorrowSeries(long[] times, double[] fees, double[] available, string hash)
{
    /// <summary>Factor within which quantities that differ by rounding are the same.</summary>
    internal const double Enough = 1 + Tolerance.Arithmetic;

    private readonly YearlyRates _fees = new(times, fees);

    /// <summary>Any quantity can be borrowed for the constant fee.</summary>
    public static BorrowSeries None { get; } = new([], [], [], "");

    /// <summary>Whether a table says what can be borrowed. Without a row nothing can.</summary>
    public bool IsGiven => hash.Length > 0;

    public int Count => times.Length;

    /// <summary>Hash of the content, in hexadecimal digits.</summary>
    public string Hash => hash;

    /// <summary>Whether an entry beyond what can be borrowed is made smaller instead of refused.</summary>
    public bool CutsEntries { get; init; }

    /// <summary>Whether positions beyond what can be borrowed are closed.</summary>
    public bool ClosesRecalled { get; init; }

    /// <summary>The same series for an account whose positions are not closed by a recall.</summary>
    public BorrowSeries Held =>
        ClosesRecalled ? new BorrowSeries(times, fees, available, hash) { CutsEntries = CutsEntries } : this;

    /// <summary>The quantity that an account can borrow in all at a time; 0 before the first row.</summary>
    /// <param name="time">UTC ticks.</param>
    public double AvailableAt(long time)
    {
        var at = times.AsSpan().BinarySearch(time);
        if (at < 0) at = ~at - 1;
        return at < 0 ? 0 : available[at];
    }

    /// <summary>The part of a short entry that can be borrowed; 0 if it is to be refused.</summary>
    /// <param name="wanted">Base units.</param>
    /// <param name="room">The quantity that more short positions can have, base units.</param>
    /// <param name="instrument">Rounds a part to whole lots.</param>
    public double PartOf(double wanted, double room, Instrument instrument) => !(wanted > Math.Max(0, room) * Enough) ? wanted
        : CutsEntries ? Math.Max(0, instrument.RoundQuantity(room)) : 0;

    /// <summary>The fee of a night per year; NaN where the constant one counts.</summary>
    /// <param name="day">The day before the night, as days since 0001-01-01.</param>
    public double FeeOfNight(long day) => _fees.OfNight(day);
}
