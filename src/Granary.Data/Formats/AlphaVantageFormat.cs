using System.Text;
using System.Text.Json;
using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// Alpha Vantage's responses, newest bar first: CSV, or a JSON object with "Time Series (…)" whose keys are times. Intraday times of the
/// CSV are in New York time; the JSON states its zone.
/// </summary>
[BarFormat("alphavantage", Order = 12)]
internal sealed class AlphaVantageFormat : BarFormat
{
    private const string NewYork = "America/New_York";

    public override string Explanation =>
        "Alpha Vantage's JSON with \"Time Series (…)\", or its CSV: timestamp,open,high,low,close,…, newest first";

    public override bool Recognises(FileSample sample)
    {
        if (sample.StartsWithBrace) return sample.Contains("Time Series") || Answer(sample) is not null;
        var names = sample.Header.Select(FileSample.Plain).ToList();
        return names is ["timestamp", "open", "high", "low", "close", "adjustedclose", "volume", "dividendamount", ..]
            || names is ["timestamp", "open", "high", "low", "close", "volume"] && IsIntradayNewestFirst(sample);
    }

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.StartsWithBrace)
        {
            if (!sample.HasHeader)
                throw NotOfThisFormat(sample, "a CSV of Alpha Vantage starts with a header", "download it again or use the format generic");
            var layout = GenericFormat.Create(Name, sample, options);
            var days = sample.Column(Array.IndexOf(layout.Columns, ColumnRole.Time)).TrueForAll(t => t.Length == 10);
            if (days || options.TimeZone is not null) return layout;
            return layout with
            {
                TimeZone = NewYork,
                Notes = [.. layout.Notes,
                    "times were read as New York's, which Alpha Vantage writes; name the time zone if they are others"],
            };
        }
        if (!sample.Contains("Time Series"))
            throw NotOfThisFormat(sample, Answer(sample) is { } answer ? $"Alpha Vantage answered '{Shorten(answer)}' and no bars"
                : "there is no \"Time Series\" in it", "ask for a time series again, with a key that may have it");
        var text = Encoding.UTF8.GetString(sample.Head);
        return new JsonRecordsLayout
        {
            Format = Name,
            DateStyle = DateStyle.YearFirst,
            TimeZone = options.TimeZone ?? Zone(sample, text),
            Holds = (name, depth) => depth == 1 && name.Contains("Time Series", StringComparison.Ordinal),
            Member = Role,
            Adjusted = text.Contains(". adjusted close\"", StringComparison.Ordinal),
            Example = "download the answer again; it is { \"Meta Data\": …, \"Time Series (Daily)\": { \"2020-01-31\": { … } } }",
        };
    }

    // The record's name is its time; a member is "1. open", "1a. open (EUR)" or "5. adjusted close".
    private static ColumnRole Role(string member)
    {
        if (member.Length == 0) return ColumnRole.Time;
        var point = member.IndexOf(". ", StringComparison.Ordinal);
        if (point < 1 || member[point - 1] == 'b') return ColumnRole.Skip;
        var name = member[(point + 2)..];
        var bracket = name.IndexOf(" (", StringComparison.Ordinal);
        return (bracket < 0 ? name : name[..bracket]) switch
        {
            "open" => ColumnRole.Open,
            "high" => ColumnRole.High,
            "low" => ColumnRole.Low,
            "close" => ColumnRole.Close,
            "adjusted close" => ColumnRole.AdjustedClose,
            "volume" => ColumnRole.Volume,
            _ => ColumnRole.Skip,
        };
    }

    private static string Zone(FileSample sample, string text)
    {
        const string Key = "Time Zone\": \"";
        var start = text.IndexOf(Key, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf('"', start + Key.Length);
        var zone = end < 0 ? "US/Eastern" : text[(start + Key.Length)..end];
        if (zone is "US/Eastern") return NewYork;
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone
            : throw NotOfThisFormat(sample, $"'{Shorten(zone)}' is not a time zone that this machine knows",
                "name one, as America/New_York");
    }

    // Reads the error that the service returns instead of bars: too many calls, a wrong key, a wrong symbol.
    private static string? Answer(FileSample sample)
    {
        try
        {
            using var answer = JsonDocument.Parse(sample.Head);
            foreach (var name in (string[])["Error Message", "Information", "Note"])
                if (answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(name, out var text)
                    && text.ValueKind == JsonValueKind.String) return text.GetString();
        }
        catch (JsonException)
        {
            // A response without bars is short, so the sample has all of it.
        }
        return null;
    }

    private static bool IsIntradayNewestFirst(FileSample sample) =>
        sample.Rows.Count > 1 && sample.Rows[0].Count > 0 && sample.Rows[1].Count > 0
        && sample.Rows[0][0].Length > 10
        && TimestampStyle.Detect(sample.Column(0), out _) == DateStyle.YearFirst
        && string.CompareOrdinal(sample.Rows[0][0], sample.Rows[1][0]) > 0;
}
