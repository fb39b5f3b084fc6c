using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Cli.Commands;

/// <summary>Converts texts of the command line into values, or throws an error with one sentence.</summary>
internal static class Given
{
    public static Timeframe Timeframe(string text, string option = "--timeframe") =>
        Engine.Market.Timeframe.TryParse(text, out var timeframe)
            ? timeframe.Value
            : throw new InputException($"{option} {text}: use one of {string.Join(' ', Engine.Market.Timeframe.All)}");

    /// <summary>The timeframe of a bar file: as it was typed, or inferred from the file's times.</summary>
    public static Timeframe TimeframeOf(string path, string? typed, Data.Reading.BarFileOptions options) =>
        !File.Exists(path) ? throw new InputException($"{path} does not exist; give the path of a bar file")
        : typed is not null ? Timeframe(typed)
        : Data.BarFiles.BarFile.Inspect(path, options).Timeframe
            ?? throw new InputException($"{path}: its times do not show the timeframe; name it with --timeframe");

    public static long? Time(string? text, string option) =>
        text is null ? null : UtcTicks.Read(option, text);

    public static Data.Reading.BarStamp? Stamp(string? text) => text switch
    {
        null => null,
        "open" => Data.Reading.BarStamp.Open,
        "close" => Data.Reading.BarStamp.Close,
        _ => throw new InputException($"--stamp {text}: use open or close"),
    };

    public static Data.Reading.DateOrder Dates(string? text) => text switch
    {
        null => Data.Reading.DateOrder.Detect,
        "day-first" => Data.Reading.DateOrder.DayFirst,
        "month-first" => Data.Reading.DateOrder.MonthFirst,
        _ => throw new InputException($"--dates {text}: use day-first or month-first"),
    };

    public static SessionCalendar? Session(string? text)
    {
        switch (text)
        {
            case null:
                return null;
            case "24/7":
                return SessionCalendar.Continuous;
            case "XNYS":
                return SessionCalendar.NewYork();
        }
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var parts = words.Length == 2 ? words[1].Split(',').Select(Hours).ToList() : [];
        if (parts.Count == 0 || parts.Contains(null))
            throw new InputException($"--session {text}: use 24/7, XNYS, or a zone and its hours, such as \"America/New_York 09:30-16:00\" "
                + "or, with a break, \"Asia/Tokyo 09:00-11:30,12:30-15:30\"");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(words[0], out _))
            throw new InputException($"--session {text}: '{words[0]}' is not a time zone that this machine knows; use an IANA name such as "
                + "America/New_York");
        try
        {
            return SessionCalendar.Daily("custom", words[0], parts[0]!.Value.Open, parts[^1]!.Value.Close, null,
                parts.Zip(parts.Skip(1), (before, after) => (before!.Value.Close, after!.Value.Open)));
        }
        catch (InputException e)
        {
            // A part begins before the one before has ended.
            throw new InputException($"--session {text}: write the parts of the session in their order, each after the one before, as in "
                + "\"Asia/Tokyo 09:00-11:30,12:30-15:30\"", e);
        }

        static (TimeSpan Open, TimeSpan Close)? Hours(string part) =>
            part.Split('-') is [var from, var to] && OfDay(from) is { } open && open < TimeSpan.FromDays(1) && OfDay(to) is { } close
                ? (open, close) : null;

        static TimeSpan? OfDay(string time) =>
            time == "24:00" ? TimeSpan.FromDays(1)
                : TimeSpan.TryParseExact(time, @"hh\:mm", System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed
                : null;
    }

    public static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    public static int Threads(int count) =>
        count is >= 1 and <= 1024 ? count : throw new InputException($"--threads {count} is out of range: 1 … 1024");

    /// <summary>Parses "trees=200;leaves=15" to values by name; empty without a text.</summary>
    public static IReadOnlyDictionary<string, string> Parameters(string? text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || at == pair.Length - 1)
                throw new InputException($"--params '{pair}' is not a name=value pair; write it as \"trees=200;leaves=15\"");
            if (!parameters.TryAdd(pair[..at].TrimEnd(), pair[(at + 1)..].TrimStart()))
                throw new InputException($"--params names '{pair[..at].TrimEnd()}' twice: name it once");
        }
        return parameters;
    }
}
