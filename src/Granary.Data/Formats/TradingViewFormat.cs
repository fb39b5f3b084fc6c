using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>
/// TradingView's chart export: time, open, high, low, close, then the plots of the chart's indicators, optionally with Volume. Times are
/// seconds since 1970 or ISO 8601 with an offset.
/// </summary>
[BarFormat("tradingview", Order = 44)]
internal sealed class TradingViewFormat : BarFormat
{
    public override string Explanation => "time,open,high,low,close, then plots of indicators, among them Volume";

    public override bool Recognises(FileSample sample) =>
        sample.Delimiter == ',' && sample.Header is ["time", "open", "high", "low", "close", not "volume" and var sixth, ..]
        && FileSample.Plain(sixth) is not ("vol" or "v");

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "an export of TradingView starts with a header", "export it again or use the format generic");
        var layout = GenericFormat.Create(Name, sample, options);
        // An indicator's name may equal that of a price, and volume averages begin with "Volume".
        var columns = layout.Columns.Select((role, i) => i < 5 || sample.Header[i] is "Volume" or "volume"
            ? role : ColumnRole.Skip).ToArray();
        return layout with { Columns = columns, Notes = [], TimesAreOpens = true };
    }
}
