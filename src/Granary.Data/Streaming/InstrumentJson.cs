using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Data.Streaming;

/// <summary>Serializes an instrument as JSON, for bar files, databases, messages and journals.</summary>
internal static class InstrumentJson
{
    /// <summary>Returns all properties of the instrument as UTF-8 JSON.</summary>
    public static byte[] Bytes(Instrument i)
    {
        var node = new JsonObject
        {
            ["symbol"] = i.Symbol,
            ["venue"] = i.Venue,
            ["tickSize"] = i.TickSize,
            ["lotSize"] = i.LotSize,
            ["multiplier"] = i.Multiplier,
            ["marginPerUnit"] = i.MarginPerUnit,
            ["priceDecimals"] = i.PriceDecimals,
            ["dailyEquity"] = i.DailyEquity,
        };
        if (!i.IsCurrencyAssumed) node["currency"] = i.Currency;
        if (!i.Calendar.IsContinuous)
        {
            node["calendar"] = new JsonObject
            {
                ["name"] = i.Calendar.Name,
                ["timeZone"] = i.Calendar.Zone.Id,
                ["open"] = i.Calendar.Open.ToString("c"),
                ["close"] = i.Calendar.Close.ToString("c"),
                ["holidays"] = new JsonArray([.. i.Calendar.Holidays.Select(h => (JsonNode)h.ToString("yyyy-MM-dd"))]),
                ["breaks"] = new JsonArray([.. i.Calendar.Breaks.Select(b => (JsonNode)new JsonArray(b.Start.ToString("c"),
                    b.End.ToString("c")))]),
                ["days"] = new JsonArray([.. i.Calendar.Days.Select(d => (JsonNode)(int)d)]),
            };
            if (i.Calendar.Special.Count > 0)
                node["calendar"]!["special"] = new JsonArray([.. i.Calendar.Special.Select(s =>
                    (JsonNode)new JsonArray(s.Date.ToString("yyyy-MM-dd"), s.Open.ToString("c"), s.Close.ToString("c")))]);
        }
        if (i.MinQuantity > 0) node["minQuantity"] = i.MinQuantity;
        if (i.MinNotional > 0) node["minNotional"] = i.MinNotional;
        if (i.DelistedAt > 0) node["delistedAt"] = i.DelistedAt;
        if (i.CorporateActions.Count > 0)
            node["corporateActions"] =
                new JsonArray([.. i.CorporateActions.Select(a => (JsonNode)new JsonArray(a.ExDate, a.SplitRatio, a.Dividend))]);
        return JsonSerializer.SerializeToUtf8Bytes(node);
    }

    /// <returns>The instrument; null if the JSON is invalid.</returns>
    public static Instrument? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json) is not JsonObject n) return null;
            var calendar = SessionCalendar.Continuous;
            if (n["calendar"] is JsonObject c)
            {
                calendar = SessionCalendar.Daily((string)c["name"]!, (string)c["timeZone"]!, TimeSpan.Parse((string)c["open"]!),
                    TimeSpan.Parse((string)c["close"]!),
                    [.. c["holidays"]!.AsArray().Select(h => DateOnly.ParseExact((string)h!, "yyyy-MM-dd"))],
                    c["breaks"]?.AsArray().Select(b => (TimeSpan.Parse((string)b![0]!), TimeSpan.Parse((string)b[1]!))),
                    c["days"]?.AsArray().Select(d => (DayOfWeek)(int)d!));
                if (c["special"] is JsonArray special)
                    calendar = calendar.With([], special.Select(s => (DateOnly.ParseExact((string)s![0]!, "yyyy-MM-dd"),
                        (TimeSpan.Parse((string)s[1]!), TimeSpan.Parse((string)s[2]!)))));
            }
            var instrument = new Instrument
            {
                Symbol = (string)n["symbol"]!,
                Venue = (string)n["venue"]!,
                TickSize = (double)n["tickSize"]!,
                LotSize = (double)n["lotSize"]!,
                Multiplier = (double)n["multiplier"]!,
                MarginPerUnit = (double)n["marginPerUnit"]!,
                PriceDecimals = (int)n["priceDecimals"]!,
                DailyEquity = (bool)n["dailyEquity"]!,
                Calendar = calendar,
                MinQuantity = (double?)n["minQuantity"] ?? 0,
                MinNotional = (double?)n["minNotional"] ?? 0,
                DelistedAt = (long?)n["delistedAt"] ?? 0,
                CorporateActions = n["corporateActions"] is JsonArray actions
                    ? [.. actions.Select(a => new CorporateAction((long)a![0]!, (double)a[1]!, (double)a[2]!))]
                    : [],
            };
            return (string?)n["currency"] is { } named ? instrument with { Currency = named } : instrument;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or InputException
            or NullReferenceException or TimeZoneNotFoundException)
        {
            return null;
        }
    }
}
