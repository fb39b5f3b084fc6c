using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Plugins;

/// <summary>Rows of close, low, high, open, volume and time without a header. Prices are in hundredths.</summary>
[BarFormat("granary-plugin")]
public sealed class GranaryPlugin : BarFormat
{
    public override string Explanation => "close, low, high, open, volume, time without a header; prices in hundredths";

    // "auto" tries each format. The time in the last column tells this one from the others.
    public override bool Recognises(FileSample sample) =>
        !sample.HasHeader && sample.Rows.Count > 0 && sample.Rows[0] is { Count: 6 } row && row[5].Contains('-') && !row[0].Contains('-');

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!Recognises(sample))
            throw NotOfThisFormat(sample, "it is not close,low,high,open,volume,time", "use another format, or 'auto'");
        return new RowLayout
        {
            Format = Name,
            Delimiter = (byte)sample.Delimiter,
            Columns = [ColumnRole.Close, ColumnRole.Low, ColumnRole.High, ColumnRole.Open, ColumnRole.Volume, ColumnRole.Time],
            DateStyle = DetectDates(sample, 5, options, out var ambiguous),
            AmbiguousDates = ambiguous,
            PriceScale = 2,
        };
    }
}
