using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>The key <c>session</c> of an instrument: "24/7", "XNYS", or an object with the hours.</summary>
internal static class SessionSection
{
    /// <exception cref="InputException">A time, a day or the zone is unknown.</exception>
    public static SessionCalendar Read(JsonPart part)
    {
        if (part.Kind == JsonValueKind.String)
            return part.Choice(("24/7", SessionCalendar.Continuous), ("XNYS", SessionCalendar.NewYork()));
        part.Only("timeZone", "open", "close", "breaks", "days", "holidays");
        try
        {
            return SessionCalendar.Daily("custom", part.Need("timeZone").String(), TimeOfDay(part.Need("open")),
                TimeOfDay(part.Need("close")), part.Find("holidays")?.List().Select(h => DateOnly.FromDateTime(new DateTime(h.Time()))),
                part.Find("breaks")?.List().Select(Break).OfType<(TimeSpan, TimeSpan)>(), part.Find("days")?.List().Select(Day));
        }
        catch (TimeZoneNotFoundException e)
        {
            throw part.Need("timeZone").Fault("this machine does not know that time zone; use an IANA name such as America/New_York", e);
        }
        catch (InputException e)
        {
            throw part.Placed(e);
        }
    }

    /// <summary>Writes sessions as an object that <see cref="Read"/> reads.</summary>
    public static void Write(Utf8JsonWriter json, SessionCalendar calendar)
    {
        json.WriteStartObject("session");
        json.WriteString("timeZone", calendar.Zone.Id);
        json.WriteString("open", Clock(calendar.Open));
        json.WriteString("close", Clock(calendar.Close));
        if (calendar.Breaks.Count > 0)
        {
            json.WriteStartArray("breaks");
            foreach (var (start, end) in calendar.Breaks) json.WriteStringValue($"{Clock(start)}-{Clock(end)}");
            json.WriteEndArray();
        }
        json.WriteStartArray("days");
        foreach (var day in calendar.Days) json.WriteStringValue(day.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Clock(TimeSpan time) => FormattableString.Invariant($"{(int)time.TotalHours:00}:{time.Minutes:00}");

    private static TimeSpan TimeOfDay(JsonPart part) => part.String() == "24:00" ? TimeSpan.FromDays(1) : part.TimeOfDay().ToTimeSpan();

    private static (TimeSpan Start, TimeSpan End)? Break(JsonPart part) =>
        part.String().Split('-') is [var start, var end] && Parse(start) is { } from && Parse(end) is { } to
            ? (from, to)
            : part.Wrong<(TimeSpan, TimeSpan)?>($"'{part.Text}' is not a break; write it as \"11:30-12:30\"", null);

    private static TimeSpan? Parse(string text) => text == "24:00" ? TimeSpan.FromDays(1)
        : TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out var time) ? time : null;

    private static DayOfWeek Day(JsonPart part) =>
        Enum.GetValues<DayOfWeek>().Cast<DayOfWeek?>().FirstOrDefault(d => d.ToString() == part.String())
            ?? part.Wrong($"'{part.Text}' is not a day; write it as Monday", DayOfWeek.Monday);
}
