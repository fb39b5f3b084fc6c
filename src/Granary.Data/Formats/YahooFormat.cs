using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>
/// Yahoo's history files: Date, Open, High, Low, Close, optional Adj Close, Volume. Rows of "null" are days without a quote; they are
/// skipped and counted.
/// </summary>
[BarFormat("yahoo", Order = 50)]
internal sealed class YahooFormat : BarFormat
{
    public override string Explanation => "Date,Open,High,Low,Close[,Adj Close],Volume; rows of null are skipped and counted";

    public override bool Recognises(FileSample sample)
    {
        var names = sample.Header.Select(FileSample.Plain).ToList();
        return names is ["date", "open", "high", "low", "close", "volume"]
            or ["date", "open", "high", "low", "close", "adjclose", "volume"]
            or ["date", "open", "high", "low", "close", "volume", "adjclose"];
    }

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader) throw NotOfThisFormat(sample, "a Yahoo file starts with a header",
            "add Date,Open,High,Low,Close,Adj Close,Volume or use the format generic");
        return GenericFormat.Create(Name, sample, options, skipNulls: true);
    }
}
