using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Keys;

/// <summary>The hours of a market as a value of a key.</summary>
internal sealed record SessionKeys
{
    [Key("`XNYS`: its hours and its holidays, instead of `timeZone`, `open`, `close`, `breaks` and `days`", Words = "XNYS",
        Without = "none")]
    public string? Calendar { get; init; }

    [Key("IANA zone of all times here, such as `America/New_York`", Without = "required without `calendar`")]
    public string? TimeZone { get; init; }

    [Key("local time of the first bar's open, such as `09:30`", Without = "required without `calendar`")]
    public string? Open { get; init; }

    [Key("local end, up to `24:00`. One that is not after `open` crosses midnight (CME: `18:00` to `17:00`, currencies: `17:00` to "
        + "`17:00`); the session belongs to the day on which it closes", Without = "required without `calendar`")]
    public string? Close { get; init; }

    [Key("local times without trading within the session, as `[\"11:30-12:30\"]`", Without = "none")]
    public IReadOnlyList<string> Breaks { get; init; } = [];

    [Key("weekdays of the sessions, as `[\"Sunday\", \"Monday\"]`", Without = "Monday to Friday")]
    public IReadOnlyList<string> Days { get; init; } = [];

    [Key("local dates without a session, as `[\"2024-12-25\"]`", Without = "none; of `XNYS` its regular ones")]
    public IReadOnlyList<string> Holidays { get; init; } = [];

    [Key("sessions with hours of their own by local date, also on a day without one: a half day or a Saturday, as "
        + "`{ \"2024-12-24\": \"09:30-13:00\" }`", Without = "none")]
    public IReadOnlyDictionary<string, string> Special { get; init; } = new Dictionary<string, string>();
}

/// <summary>The hours of a market as a value of a key: <c>24/7</c>, <c>XNYS</c>, or <see cref="SessionKeys"/>.</summary>
internal static class SessionKey
{
    private const string DateFormat = "yyyy-MM-dd";

    private static readonly IReadOnlyList<RecordKey> s_keys = RecordKeys.Of(typeof(SessionKeys));

    public static KeyType Type { get; } = new((part, _) => Read(part), (json, v) =>
    {
        var calendar = (SessionCalendar)v;
        if (calendar.IsContinuous
            || calendar is { Name: SessionCalendar.NewYorkName, Holidays.Count: 0, Special.Count: 0 })
        {
            json.WriteStringValue(calendar.Name);
            return;
        }
        json.WriteStartObject();
        RecordKeys.Write(json, KeysOf(calendar), s_keys);
        json.WriteEndObject();
    }, _ => new JsonObject
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray(SessionCalendar.Continuous.Name, SessionCalendar.NewYorkName) },
            RecordKeys.Schema(s_keys)),
    });

    private static SessionCalendar Read(JsonPart part)
    {
        if (part.Kind == System.Text.Json.JsonValueKind.String)
            return part.Choice((SessionCalendar.Continuous.Name, SessionCalendar.Continuous),
                (SessionCalendar.NewYorkName, SessionCalendar.NewYork()));
        var keys = (SessionKeys)RecordKeys.Read(typeof(SessionKeys), s_keys, part);
        try
        {
            var hours = keys.Calendar is null ? Hours(part) : SessionCalendar.NewYork();
            if (keys.Calendar is not null)
                foreach (var key in (string[])["timeZone", "open", "close", "breaks", "days"])
                    part.Find(key)?.Wrong("'calendar' has hours of its own; leave one of them out", 0);
            return hours.With(part.Find("holidays")?.OneOrMany().Select(Date) ?? [],
                part.Find("special")?.Members.Select(m => (Date(m.Value, m.Name), Span(m.Value))) ?? []);
        }
        catch (TimeZoneNotFoundException e)
        {
            throw part.Need("timeZone").Fault("this machine does not know that time zone; use an IANA name such as America/New_York", e);
        }
        catch (InputException e)
        {
            // An error within the session is reported already, and may be the reason of this one.
            return part.IsFaulty ? SessionCalendar.Continuous : throw part.Placed(e);
        }
    }

    private static SessionCalendar Hours(JsonPart part) => SessionCalendar.Daily("custom", part.Need("timeZone").String(),
        TimeOfDay(part.Need("open")), TimeOfDay(part.Need("close")), null, part.Find("breaks")?.OneOrMany().Select(Span),
        part.Find("days")?.OneOrMany().Select(Day));

    private static SessionKeys KeysOf(SessionCalendar calendar)
    {
        var isNamed = calendar.Name == SessionCalendar.NewYorkName;
        return new SessionKeys
        {
            Calendar = isNamed ? calendar.Name : null,
            TimeZone = isNamed ? null : calendar.Zone.Id,
            Open = isNamed ? null : Clock(calendar.Open),
            Close = isNamed ? null : Clock(calendar.Close),
            Breaks = isNamed ? [] : [.. calendar.Breaks.Select(b => $"{Clock(b.Start)}-{Clock(b.End)}")],
            Days = isNamed ? [] : [.. calendar.Days.Select(d => d.ToString())],
            Holidays = [.. calendar.Holidays.Select(Text)],
            Special = calendar.Special.ToDictionary(s => Text(s.Date), s => $"{Clock(s.Open)}-{Clock(s.Close)}", StringComparer.Ordinal),
        };
    }

    private static string Text(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static string Clock(TimeSpan time) => FormattableString.Invariant($"{(int)time.TotalHours:00}:{time.Minutes:00}");

    private static TimeSpan TimeOfDay(JsonPart part) => Parse(part.String())
        ?? part.Wrong($"'{part.Text}' is not a time of day; write it as 15:55", TimeSpan.Zero);

    private static (TimeSpan Start, TimeSpan End) Span(JsonPart part) =>
        part.String().Split('-') is [var start, var end] && Parse(start) is { } from && Parse(end) is { } to ? (from, to)
            : part.Wrong($"'{part.Text}' is not a span of a day; write it as \"11:30-12:30\"", (TimeSpan.Zero, TimeSpan.FromDays(1)));

    private static TimeSpan? Parse(string text) => text == "24:00" ? TimeSpan.FromDays(1)
        : TimeSpan.TryParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture, out var time) ? time : null;

    private static DateOnly Date(JsonPart part) => Date(part, part.String());

    private static DateOnly Date(JsonPart part, string text) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
            : part.Wrong($"'{text}' is not a date; write it as 2024-01-31", DateOnly.MinValue);

    private static DayOfWeek Day(JsonPart part) =>
        Enum.GetValues<DayOfWeek>().Cast<DayOfWeek?>().FirstOrDefault(d => d.ToString() == part.String())
            ?? part.Wrong($"'{part.Text}' is not a day; write it as Monday", DayOfWeek.Monday);
}
