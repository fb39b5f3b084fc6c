using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

/// <summary>A block of bars, each column as in memory (little-endian, eight bytes a bar).</summary>
/// <remarks>
/// Copying a column is ten times cheaper than writing numbers. One array for all columns would be on the large object heap.
/// </remarks>
[GenerateSerializer, Alias("granary.BarBlock")]
public readonly record struct BarBlockWire(
    [property: Id(0)] long FirstIndex,
    [property: Id(1)] byte[] Time,
    [property: Id(2)] byte[] Open,
    [property: Id(3)] byte[] High,
    [property: Id(4)] byte[] Low,
    [property: Id(5)] byte[] Close,
    [property: Id(6)] byte[] Volume);

[RegisterConverter]
public sealed class BarBlockConverter : IConverter<BarBlock, BarBlockWire>
{
    public BarBlock ConvertFromSurrogate(in BarBlockWire s) =>
        new(s.FirstIndex, Numbers<long>(s.Time), Numbers<double>(s.Open), Numbers<double>(s.High), Numbers<double>(s.Low),
        Numbers<double>(s.Close), Numbers<double>(s.Volume));

    public BarBlockWire ConvertToSurrogate(in BarBlock value) =>
        new(value.FirstIndex, Bytes(value.Time), Bytes(value.Open), Bytes(value.High), Bytes(value.Low), Bytes(value.Close),
            Bytes(value.Volume));

    private static byte[] Bytes<T>(ReadOnlySpan<T> column) where T : unmanaged
    {
        var bytes = GC.AllocateUninitializedArray<byte>(column.Length * sizeof(long));
        MemoryMarshal.AsBytes(column).CopyTo(bytes);
        return bytes;
    }

    private static T[] Numbers<T>(byte[] bytes) where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(bytes.Length / sizeof(long));
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}

[GenerateSerializer, Alias("granary.Instrument")]
public readonly record struct InstrumentWire(
    [property: Id(0)] string Symbol,
    [property: Id(1)] string Venue,
    [property: Id(2)] string Currency,
    [property: Id(3)] double TickSize,
    [property: Id(4)] double LotSize,
    [property: Id(5)] double Multiplier,
    [property: Id(6)] double MarginPerUnit,
    [property: Id(7)] int PriceDecimals,
    [property: Id(8)] SessionCalendar Calendar,
    [property: Id(9)] bool DailyEquity,
    // Midnights are exact as doubles.
    [property: Id(10)] double[] CorporateActions);

[RegisterConverter]
public sealed class InstrumentConverter : IConverter<Instrument, InstrumentWire>
{
    public Instrument ConvertFromSurrogate(in InstrumentWire surrogate) => new()
    {
        Symbol = surrogate.Symbol,
        Venue = surrogate.Venue,
        Currency = surrogate.Currency,
        TickSize = surrogate.TickSize,
        LotSize = surrogate.LotSize,
        Multiplier = surrogate.Multiplier,
        MarginPerUnit = surrogate.MarginPerUnit,
        PriceDecimals = surrogate.PriceDecimals,
        Calendar = surrogate.Calendar,
        DailyEquity = surrogate.DailyEquity,
        CorporateActions = [.. (surrogate.CorporateActions ?? []).Chunk(3).Select(a => new CorporateAction((long)a[0], a[1], a[2]))],
    };

    public InstrumentWire ConvertToSurrogate(in Instrument value) =>
        new(value.Symbol, value.Venue, value.Currency, value.TickSize, value.LotSize, value.Multiplier,
        value.MarginPerUnit, value.PriceDecimals, value.Calendar, value.DailyEquity,
        [.. value.CorporateActions.SelectMany(a => (double[])[a.ExDate, a.SplitRatio, a.Dividend])]);
}

/// <param name="Zone">IANA time zone.</param>
/// <param name="Holidays">Days since 0001-01-01.</param>
[GenerateSerializer, Alias("granary.SessionCalendar")]
public readonly record struct SessionCalendarWire(
    [property: Id(0)] bool Continuous,
    [property: Id(1)] string Name,
    [property: Id(2)] string Zone,
    [property: Id(3)] TimeSpan Open,
    [property: Id(4)] TimeSpan Close,
    [property: Id(5)] int[] Holidays);

[RegisterConverter]
public sealed class SessionCalendarConverter : IConverter<SessionCalendar, SessionCalendarWire>
{
    public SessionCalendar ConvertFromSurrogate(in SessionCalendarWire surrogate) => surrogate.Continuous
        ? SessionCalendar.Continuous
        : SessionCalendar.Daily(surrogate.Name, surrogate.Zone, surrogate.Open, surrogate.Close,
            surrogate.Holidays.Select(DateOnly.FromDayNumber));

    public SessionCalendarWire ConvertToSurrogate(in SessionCalendar value) =>
        new(value.IsContinuous, value.Name, value.Zone.Id, value.Open, value.Close,
        [.. value.Holidays.Select(d => d.DayNumber)]);
}
