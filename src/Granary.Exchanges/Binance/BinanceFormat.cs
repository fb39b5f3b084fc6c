using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Exchanges.Binance;

/// <summary>
/// Binance's kline archives: 12 columns with or without a header (open time, open, high, low, close, volume, close time, quote volume,
/// trades, taker base, taker quote, ignore). Open times are milliseconds since 1970 or, from 2025 on, microseconds.
/// </summary>
[BarFormat("binance", Order = 30)]
internal sealed class BinanceFormat : BarFormat
{
    public override string Explanation =>
            "Binance klines: 12 columns from the open time in milliseconds or microseconds, header or none";

    public override bool Recognises(FileSample sample)
    {
        if (sample.HasHeader) return sample.Header.Count == 12 && FileSample.Plain(sample.Header[0]) == "opentime";
        return sample.Delimiter == ',' && sample.Rows.Count > 0 && sample.Rows[0].Count == 12
            && sample.Rows[0][0].Length is 13 or 16 && sample.Rows[0][0].All(char.IsAsciiDigit);
    }

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (sample.Rows.Count == 0) throw NotOfThisFormat(sample, "there are no rows", "download the file again");
        if (sample.Rows[0].Count != 12)
            throw NotOfThisFormat(sample, $"a row has {sample.Rows[0].Count} columns, not the 12 of a kline file",
                "use the format generic");
        var style = DetectDates(sample, 0, options, out _);
        if (style is not (DateStyle.EpochMilliseconds or DateStyle.EpochMicroseconds or DateStyle.EpochSeconds))
            throw NotOfThisFormat(sample, "the open time is not counted from 1970", "use the format generic");
        var roles = new ColumnRole[12];
        roles[0] = ColumnRole.Time;
        roles[1] = ColumnRole.Open;
        roles[2] = ColumnRole.High;
        roles[3] = ColumnRole.Low;
        roles[4] = ColumnRole.Close;
        roles[5] = ColumnRole.Volume;
        return new RowLayout
        {
            Format = Name,
            Delimiter = (byte)',',
            Columns = roles,
            Names = ["open_time", "open", "high", "low", "close", "volume"],
            HeaderLines = sample.HeaderLines,
            DateStyle = style,
            TimesAreOpens = true,
            Template = new Instrument { Symbol = "", Venue = "BINANCE", Currency = QuoteOf(sample.FileName) ?? "USDT" },
        };
    }

    // The archives are named as BTCEUR-1m-2024-01.csv.
    private static string? QuoteOf(string file) => PairSymbol.Split(Path.GetFileName(file).Split('.', '-')[0])?.Quote;
}
