using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>
/// Databento's OHLCV schemas as CSV, for one or several instruments. Times are nanoseconds since 1970 or text; prices are integers in units
/// of 10⁻⁹ or decimals.
/// </summary>
[BarFormat("databento", Order = 46)]
internal sealed class DatabentoFormat : BarFormat
{
    private const string Seconds = "32";

    public override string Explanation => "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume[,symbol]";

    public override bool Recognises(FileSample sample) =>
        sample.Header.Any(h => h == "ts_event") && sample.Header.Any(h => h == "instrument_id");

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a CSV of Databento starts with a header", "download it again with a header");
        var layout = GenericFormat.Create(Name, sample, options);
        var header = sample.Header.ToList();
        var type = header.IndexOf("rtype");
        if (type >= 0 && sample.Rows.Any(r => r.Count > type && r[type].Trim() == Seconds))
            throw NotOfThisFormat(sample, "this holds bars of a second", "download ohlcv-1m, ohlcv-1h or ohlcv-1d; bars start at 1m");
        var open = Array.IndexOf(layout.Columns, ColumnRole.Open);
        var whole = sample.Rows.All(r => r.Count <= open || !r[open].Contains('.'));
        return layout with { PriceScale = whole ? 9 : 0 };
    }
}
