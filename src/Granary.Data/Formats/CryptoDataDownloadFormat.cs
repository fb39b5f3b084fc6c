using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// CryptoDataDownload's CSV: a line with its address, then unix, date, symbol, prices, and volumes in both currencies. Its column unix
/// mixes seconds and milliseconds, so the time is read from the date column.
/// </summary>
[BarFormat("cryptodatadownload", Order = 43)]
internal sealed class CryptoDataDownloadFormat : BarFormat
{
    public override string Explanation =>
        "https://www.CryptoDataDownload.com, then unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT";

    public override bool Recognises(FileSample sample) =>
        sample.HasHeader && (sample.Lines[0].Contains("cryptodatadownload", StringComparison.OrdinalIgnoreCase)
            || sample.Header.Select(FileSample.Plain).Take(3).ToList() is ["unix", "date", "symbol"]);

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a file of CryptoDataDownload has a header", "download it again or use the format generic");
        // The oldest files write hours as 11-AM; their unix column has only seconds.
        var date = sample.Header.ToList().FindIndex(h => FileSample.Plain(h) == "date");
        var readable = date >= 0 && TimestampStyle.Detect(sample.Column(date), out _) is { } style
            && new TimestampReader(style).TryRead(sample.Column(date)[0], out _);
        return GenericFormat.Create(Name, sample, options, english: name => name == "date" && !readable ? "" : name) with { Notes = [] };
    }
}
