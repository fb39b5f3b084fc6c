using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>Bars of Alpaca's API: a list for one symbol, or lists by symbol for several.</summary>
[BarFormat("alpaca", Order = 13)]
internal sealed class AlpacaFormat : BarFormat
{
    public override string Explanation => "{ \"bars\": [{ \"t\": …, \"o\": … }], \"symbol\": … }, or { \"bars\": { \"AAPL\": [{ … }] } }";

    public override bool Recognises(FileSample sample) =>
        sample.StartsWithBrace && sample.Contains("\"bars\"") && sample.Contains("\"t\"");

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.StartsWithBrace)
            throw NotOfThisFormat(sample, "an answer of Alpaca is a JSON object", "download it again or use another format");
        var text = System.Text.Encoding.UTF8.GetString(sample.Head);
        var bars = text.IndexOf("\"bars\"", StringComparison.Ordinal);
        var bySymbol = bars >= 0 && text.AsSpan(bars + 6).TrimStart(" :\t\r\n") is ['{', ..];
        return new JsonRecordsLayout
        {
            Format = Name,
            DateStyle = DateStyle.YearFirst,
            Holds = bySymbol ? (_, depth) => depth == 2 : (name, depth) => depth == 1 && name == "bars",
            BySymbol = bySymbol,
            Member = JsonRoles.OneLetter,
            Example = "download it again; it is { \"bars\": { \"AAPL\": [{ \"t\": …, \"o\": …, \"h\": …, … }] } }",
        };
    }
}
