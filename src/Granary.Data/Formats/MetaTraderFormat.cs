using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// MetaTrader's bar exports: version 5 with a header such as &lt;DATE&gt; &lt;TIME&gt; &lt;OPEN&gt; …, version 4 without one. Times are
/// those of the broker's server. Without an exchange volume, the tick volume is used.
/// </summary>
[BarFormat("metatrader", Order = 48)]
internal sealed class MetaTraderFormat : BarFormat
{
    private const string ServerTime = "times are those of the broker's server and were read as UTC; name its time zone if it is another";

    public override string Explanation =>
        "<DATE> <TIME> <OPEN> … <TICKVOL> <VOL> <SPREAD> (5), or 2020.01.31,09:30,open,high,low,close,ticks (4)";

    public override bool Recognises(FileSample sample) => sample.HasHeader
        ? sample.Header[0].Equals("<DATE>", StringComparison.OrdinalIgnoreCase) && sample.Header.Any(h => FileSample.Plain(h) == "tickvol")
        : sample.Rows.Count > 0 && IsVersion4(sample);

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader && (sample.Rows.Count == 0 || !IsVersion4(sample)))
            throw NotOfThisFormat(sample, "a row is not as 2020.01.31,09:30,open,high,low,close,ticks", "export the bars again");
        var layout = sample.HasHeader ? GenericFormat.Create(Name, sample, options) : new RowLayout
        {
            Format = Name,
            Delimiter = (byte)sample.Delimiter,
            Columns = [ColumnRole.Time, ColumnRole.TimeOfDay, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close,
                ColumnRole.Volume],
            HeaderLines = sample.HeaderLines,
            DateStyle = DateStyle.YearFirst,
            Notes = [BarNotes.TickVolume("volume")],
        };
        layout = layout with { TimesAreOpens = true };
        var clock = Array.IndexOf(layout.Columns, ColumnRole.TimeOfDay);
        var intraday = clock >= 0 && sample.Rows.Any(r => r.Count > clock && r[clock].Trim() is not ("00:00" or "00:00:00"));
        return intraday && options.TimeZone is null ? layout with { Notes = [.. layout.Notes, ServerTime] } : layout;
    }

    private static bool IsVersion4(FileSample sample) =>
        sample.Rows[0] is [{ Length: 10 } date, { Length: 5 } time, _, _, _, _, _] && date[4] == '.' && date[7] == '.' && time[2] == ':';
}
