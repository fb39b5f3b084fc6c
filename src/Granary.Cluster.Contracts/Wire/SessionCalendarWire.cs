using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

/// <param name="Zone">IANA time zone.</param>
/// <param name="Holidays">Days since 0001-01-01.</param>
/// <param name="Breaks">Start and end of each break.</param>
/// <param name="Days">The weekdays of its sessions.</param>
/// <param name="Special">Dates of the sessions with hours of their own, as <paramref name="Holidays"/>.</param>
/// <param name="SpecialHours">Open and close of each.</param>
[GenerateSerializer, Alias("granary.SessionCalendar")]
internal readonly record struct SessionCalendarWire(
    [property: Id(0)] bool Continuous,
    [property: Id(1)] string Name,
    [property: Id(2)] string Zone,
    [property: Id(3)] TimeSpan Open,
    [property: Id(4)] TimeSpan Close,
    [property: Id(5)] int[] Holidays,
    [property: Id(6)] TimeSpan[]? Breaks,
    [property: Id(7)] DayOfWeek[]? Days,
    [property: Id(8)] int[]? Special = null,
    [property: Id(9)] TimeSpan[]? SpecialHours = null);

[RegisterConverter]
internal sealed class SessionCalendarConverter : IConverter<SessionCalendar, SessionCalendarWire>
{
    public SessionCalendar ConvertFromSurrogate(in SessionCalendarWire surrogate)
    {
        if (surrogate.Continuous) return SessionCalendar.Continuous;
        var calendar = SessionCalendar.Daily(surrogate.Name, surrogate.Zone, surrogate.Open, surrogate.Close,
            surrogate.Holidays.Select(DateOnly.FromDayNumber), surrogate.Breaks?.Chunk(2).Select(b => (b[0], b[1])), surrogate.Days);
        return surrogate.Special is { Length: > 0 } dates
            ? calendar.With([], dates.Select(DateOnly.FromDayNumber).Zip(surrogate.SpecialHours!.Chunk(2).Select(h => (h[0], h[1]))))
            : calendar;
    }

    public SessionCalendarWire ConvertToSurrogate(in SessionCalendar value) =>
        new(value.IsContinuous, value.Name, value.Zone.Id, value.Open, value.Close,
        [.. value.Holidays.Select(d => d.DayNumber)], [.. value.Breaks.SelectMany(b => (TimeSpan[])[b.Start, b.End])], [.. value.Days],
        [.. value.Special.Select(s => s.Date.DayNumber)], [.. value.Special.SelectMany(s => (TimeSpan[])[s.Open, s.Close])]);
}
