using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

/// <param name="Zone">IANA time zone.</param>
/// <param name="Holidays">Days since 0001-01-01.</param>
/// <param name="Breaks">Start and end of each break.</param>
/// <param name="Days">The weekdays of its sessions.</param>
[GenerateSerializer, Alias("granary.SessionCalendar")]
public readonly record struct SessionCalendarWire(
    [property: Id(0)] bool Continuous,
    [property: Id(1)] string Name,
    [property: Id(2)] string Zone,
    [property: Id(3)] TimeSpan Open,
    [property: Id(4)] TimeSpan Close,
    [property: Id(5)] int[] Holidays,
    [property: Id(6)] TimeSpan[]? Breaks,
    [property: Id(7)] DayOfWeek[]? Days);

[RegisterConverter]
public sealed class SessionCalendarConverter : IConverter<SessionCalendar, SessionCalendarWire>
{
    public SessionCalendar ConvertFromSurrogate(in SessionCalendarWire surrogate) => surrogate.Continuous
        ? SessionCalendar.Continuous
        : SessionCalendar.Daily(surrogate.Name, surrogate.Zone, surrogate.Open, surrogate.Close,
            surrogate.Holidays.Select(DateOnly.FromDayNumber), surrogate.Breaks?.Chunk(2).Select(b => (b[0], b[1])), surrogate.Days);

    public SessionCalendarWire ConvertToSurrogate(in SessionCalendar value) =>
        new(value.IsContinuous, value.Name, value.Zone.Id, value.Open, value.Close,
        [.. value.Holidays.Select(d => d.DayNumber)], [.. value.Breaks.SelectMany(b => (TimeSpan[])[b.Start, b.End])], [.. value.Days]);
}
