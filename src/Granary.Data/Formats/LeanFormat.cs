using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// LEAN's zips, without a header. Daily and hourly rows are "yyyyMMdd HH:mm,open,high,low,close,volume". Minute rows have milliseconds
/// since midnight (the file's name has the day), and quotes have bid and ask bars. Stock prices are in units of 10⁻⁴, their times in New
/// York time. Quote bars become bars of the mid price, without volume.
/// </summary>
[BarFormat("lean", Order = 10)]
internal sealed class LeanFormat : BarFormat
{
    public override string Explanation =>
            "LEAN's data folder: minute, hour and daily zips of stocks, forex, crypto; scaled prices and New York time where LEAN has them";

    public override bool Recognises(FileSample sample) =>
        !sample.HasHeader && sample.Rows.Count > 0 && sample.Rows[0].Count is 6 or 11
        && (LeanLocation.Of(sample.File.Path) is not null || IsLeanDay(sample.Rows[0][0]));

    private static bool IsLeanDay(string field) =>
        field.Length == 14 && field[8] == ' ' && field[11] == ':' && field.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0;

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (sample.HasHeader || sample.Rows.Count == 0 || sample.Rows[0].Count is not (6 or 11))
            throw NotOfThisFormat(sample, "a LEAN file has rows of 6 or 11 columns and no header", "use another format");
        var location = LeanLocation.Of(sample.File.Path);
        var quotes = sample.Rows[0].Count == 11;
        List<string> notes = [];
        if (location is null)
        {
            if (!IsLeanDay(sample.Rows[0][0]))
                throw NotOfThisFormat(sample, "LEAN's minute files take their day from the folder they lie in",
                    "keep them in …/equity/usa/minute/<ticker>/yyyyMMdd_trade.zip");
            // Stocks have only integers; other markets show a decimal point in most rows.
            var pointed = sample.Rows.Count(r => r.Skip(1).Take(4).Any(f => f.Contains('.')));
            if (pointed > 0 && pointed * 2 < sample.Rows.Count)
                throw NotOfThisFormat(sample, "the file lies outside a LEAN folder and its prices do not tell whether they are in 10⁻⁴",
                    "keep it in its folder, as …/equity/usa/daily/<ticker>.zip");
            var whole = pointed == 0;
            location = new LeanLocation(whole ? "equity" : "crypto", whole ? "usa" : "sim", "daily", "", null, quotes, "");
            notes.Add(whole
                ? "the file lies outside a LEAN folder and was read as a US stock: prices divided by 10,000, times in New York"
                : "the file lies outside a LEAN folder and was read with prices as they stand and times in UTC");
        }
        if (location.Resolution == "second")
            throw NotOfThisFormat(sample, "this holds seconds", "name minute, hour or daily files; bars start at 1m");
        if (location.SecurityType == "index" && !quotes) notes.Add("an index has no volume");
        return new RowLayout
        {
            Format = Name,
            Delimiter = (byte)',',
            Columns = quotes
                ? [ColumnRole.Time, ColumnRole.BidOpen, ColumnRole.BidHigh, ColumnRole.BidLow, ColumnRole.BidClose, ColumnRole.Skip,
                    ColumnRole.AskOpen, ColumnRole.AskHigh, ColumnRole.AskLow, ColumnRole.AskClose, ColumnRole.Skip]
                : [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close, ColumnRole.Volume],
            Names = quotes
                ? ["time", "bid open", "bid high", "bid low", "bid close", "bid size", "ask open", "ask high", "ask low", "ask close",
                    "ask size"]
                : ["time", "open", "high", "low", "close", "volume"],
            DateStyle = location.Day is null ? DateStyle.Compact : DateStyle.MillisecondsOfDay,
            BaseDay = location.Day ?? 0,
            TimeZone = location.TimeZone,
            PriceScale = location.PriceScale,
            Template = location.Template,
            Notes = notes,
        };
    }
}
