using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>Aggregates of Polygon (Massive): CSV flat files, or the JSON of its API. Times are nanoseconds or milliseconds since
/// 1970.</summary>
[BarFormat("polygon", Order = 14)]
internal sealed class PolygonFormat : BarFormat
{
    public override string Explanation =>
        "ticker,volume,open,close,high,low,window_start,transactions, or { \"results\": [{ \"t\": …, \"o\": … }] }";

    public override bool Recognises(FileSample sample) =>
        sample.StartsWithBrace ? sample.Contains("\"results\"") && sample.Contains("\"t\"")
            : sample.Header.Any(h => h == "window_start") && sample.Header.Any(h => h == "ticker");

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (sample.StartsWithBrace)
        {
            return new JsonRecordsLayout
            {
                Format = Name,
                DateStyle = DateStyle.EpochMilliseconds,
                Holds = (name, depth) => depth == 1 && name == "results",
                // Grouped days hold the bars of all tickers.
                Member = sample.Contains("\"T\"") ? member => member == "T" ? ColumnRole.Symbol : JsonRoles.OneLetter(member)
                    : JsonRoles.OneLetter,
                Depth = 1,
                SymbolMember = sample.Contains("\"T\"") ? "T" : null,
                Notes = sample.Contains("\"adjusted\":true") || sample.Contains("\"adjusted\": true")
                    ? ["Polygon has adjusted these prices for splits, as of the day of the download"] : [],
                Example = "download it again; it is { \"ticker\": …, \"results\": [{ \"v\": …, \"o\": …, \"c\": …, … }] }",
            };
        }
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a flat file of Polygon starts with a header", "download it again or use the format generic");
        return GenericFormat.Create(Name, sample, options);
    }
}
