using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

/// <summary>A block of bars: its columns one behind the other as they lie in memory (little-endian), which is an order of magnitude cheaper than number by number.</summary>
/// <param name="Columns">Times, opens, highs, lows, closes, volumes; eight bytes each.</param>
[GenerateSerializer, Alias("granary.BarBlock")]
public readonly record struct BarBlockWire([property: Id(0)] long FirstIndex, [property: Id(1)] byte[] Columns);

[RegisterConverter]
public sealed class BarBlockConverter : IConverter<BarBlock, BarBlockWire>
{
    private const int Columns = 6;

    public BarBlock ConvertFromSurrogate(in BarBlockWire surrogate)
    {
        var n = surrogate.Columns.Length / sizeof(long) / Columns;
        var bytes = surrogate.Columns.AsSpan();
        return new BarBlock(surrogate.FirstIndex, Column<long>(bytes, 0, n), Column<double>(bytes, 1, n), Column<double>(bytes, 2, n), Column<double>(bytes, 3, n),
            Column<double>(bytes, 4, n), Column<double>(bytes, 5, n));
    }

    public BarBlockWire ConvertToSurrogate(in BarBlock value)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(value.Count * sizeof(long) * Columns);
        var one = value.Count * sizeof(long);
        MemoryMarshal.AsBytes(value.Time).CopyTo(bytes);
        MemoryMarshal.AsBytes(value.Open).CopyTo(bytes.AsSpan(one));
        MemoryMarshal.AsBytes(value.High).CopyTo(bytes.AsSpan(2 * one));
        MemoryMarshal.AsBytes(value.Low).CopyTo(bytes.AsSpan(3 * one));
        MemoryMarshal.AsBytes(value.Close).CopyTo(bytes.AsSpan(4 * one));
        MemoryMarshal.AsBytes(value.Volume).CopyTo(bytes.AsSpan(5 * one));
        return new BarBlockWire(value.FirstIndex, bytes);
    }

    private static T[] Column<T>(Span<byte> bytes, int column, int n) where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(n);
        bytes.Slice(column * n * sizeof(long), n * sizeof(long)).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
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
    // Midnights are whole as doubles.
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

    public InstrumentWire ConvertToSurrogate(in Instrument value) => new(value.Symbol, value.Venue, value.Currency, value.TickSize, value.LotSize, value.Multiplier,
        value.MarginPerUnit, value.PriceDecimals, value.Calendar, value.DailyEquity,
        [.. value.CorporateActions.SelectMany(a => (double[])[a.ExDate, a.SplitRatio, a.Dividend])]);
}

/// <param name="Zone">IANA id.</param>
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
        : SessionCalendar.Daily(surrogate.Name, surrogate.Zone, surrogate.Open, surrogate.Close, surrogate.Holidays.Select(DateOnly.FromDayNumber));

    public SessionCalendarWire ConvertToSurrogate(in SessionCalendar value) => new(value.IsContinuous, value.Name, value.Zone.Id, value.Open, value.Close,
        [.. value.Holidays.Select(d => d.DayNumber)]);
}
