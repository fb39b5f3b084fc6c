using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>Bitstamp's bars: the JSON of its API, and the public CSV archive of minutes, with rows of NaN for minutes without a
/// trade.</summary>
[BarFormat("bitstamp", Order = 16)]
internal sealed class BitstampFormat : BarFormat
{
    public override string Explanation =>
        "{ \"data\": { \"pair\": …, \"ohlc\": [{ \"timestamp\": … }] } }, or Timestamp,Open,High,Low,Close,Volume_(BTC),…";

    public override bool Recognises(FileSample sample) => sample.StartsWithBrace
        ? sample.Contains("\"ohlc\"") && sample.Contains("\"pair\"")
        : sample.Header.Any(h => h.StartsWith("Volume_(", StringComparison.Ordinal)) && sample.Header[0] == "Timestamp";

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (sample.StartsWithBrace)
        {
            return new JsonRecordsLayout
            {
                Format = Name,
                DateStyle = DateStyle.EpochSeconds,
                Holds = (name, depth) => depth == 2 && name == "ohlc",
                Member = Role,
                Notes = ["the last bar may not have closed when it was downloaded; ask Bitstamp with exclude_current_candle=true"],
                Example = "download it again; it is { \"data\": { \"pair\": …, \"ohlc\": [{ \"timestamp\": …, \"open\": … }] } }",
            };
        }
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "an archive of Bitstamp starts with a header", "download it again or use the format generic");
        var layout = GenericFormat.Create(Name, sample, options);
        return layout with { SkipNullRows = true, Notes = [] };
    }

    private static ColumnRole Role(string member) => member switch
    {
        "timestamp" => ColumnRole.Time,
        "open" => ColumnRole.Open,
        "high" => ColumnRole.High,
        "low" => ColumnRole.Low,
        "close" => ColumnRole.Close,
        "volume" => ColumnRole.Volume,
        _ => ColumnRole.Skip,
    };
}
