namespace Granary.Engine.Market;

/// <summary>Prices and volume of one interval of one instrument. Known at its close: <see cref="Time"/> plus the timeframe.</summary>
/// <param name="Time">The interval's open, UTC, in <see cref="DateTime.Ticks"/> (100 ns); a daily bar's is midnight of its day.</param>
/// <param name="Volume">Base units; 0 if the venue does not report it.</param>
public readonly record struct Bar(long Time, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Values of further columns; null if the feed carries none.</summary>
    public FurtherValues? Further { get; init; }

    public DateTime OpenTime => new(Time, DateTimeKind.Utc);

    /// <summary>Returns the longer bar that this one and a later one form.</summary>
    public Bar JoinedWith(in Bar later) => this with
    {
        High = Math.Max(High, later.High),
        Low = Math.Min(Low, later.Low),
        Close = later.Close,
        Volume = Volume + later.Volume,
        Further = Further is null ? later.Further : Further.JoinedWith(later.Further),
    };
}
