using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>Dukascopy's CSV: a time in UTC, with an offset, or in eastern European time, day first, then prices and volume.</summary>
[BarFormat("dukascopy", Order = 47)]
internal sealed class DukascopyFormat : BarFormat
{
    public override string Explanation =>
        "Gmt time · Local time · Time (UTC) · Time (EET), then Open,High,Low,Close,Volume; days before months";

    public override bool Recognises(FileSample sample) =>
        sample.Header.Select(FileSample.Plain).ToList()
            is ["gmttime" or "localtime" or "timeutc" or "timeeet", "open", "high", "low", "close", ..];

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a file of Dukascopy starts with a header", "export it again or use the format generic");
        var layout = DayFirst(GenericFormat.Create(Name, sample, options));
        var eastern = FileSample.Plain(sample.Header[0]) == "timeeet";
        return eastern && options.TimeZone is null ? layout with { TimeZone = "EET" } : layout;
    }
}
