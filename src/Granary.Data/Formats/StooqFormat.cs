using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>
/// Stooq's files: the ASCII archives with a ticker in each row, and the Polish downloads of single markets. Its English downloads have
/// Yahoo's header, so the Yahoo format reads them.
/// </summary>
[BarFormat("stooq", Order = 42)]
internal sealed class StooqFormat : BarFormat
{
    public override string Explanation =>
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,…,<OPENINT>, or Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie";

    public override bool Recognises(FileSample sample)
    {
        var names = sample.Header.Select(FileSample.Plain).ToList();
        return names is ["ticker", "per", "date", "time", "open", "high", "low", "close", "vol", "openint"]
            or ["data", "otwarcie", "najwyzszy", "najnizszy", "zamkniecie", ..];
    }

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a file of Stooq starts with a header", "download it again or use the format generic");
        var layout = GenericFormat.Create(Name, sample, options, english: English);
        return options.TimeZone is not null || !sample.Rows.Any(r => r.Count > 3 && r[3].Trim() is not ("000000" or "")) ? layout
            : layout with { Notes = [.. layout.Notes, "Stooq does not name the zone of its times; they were read as UTC"] };
    }

    private static string English(string name) => name switch
    {
        "data" => "date",
        "otwarcie" => "open",
        "najwyzszy" => "high",
        "najnizszy" => "low",
        "zamkniecie" => "close",
        "wolumen" => "volume",
        _ => name,
    };
}
