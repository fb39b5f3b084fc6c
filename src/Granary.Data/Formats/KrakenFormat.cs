using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// Kraken's OHLCVT archives (seconds since 1970, open, high, low, close, volume, trades, no header), and the JSON of its API. The last bar
/// of the JSON is not closed and is omitted.
/// </summary>
[BarFormat("kraken", Order = 32)]
internal sealed class KrakenFormat : BarFormat
{
    public override string Explanation =>
        "time,open,high,low,close,volume,trades without header, or { \"error\": [], \"result\": { \"XXBTZUSD\": [[…]] } }";

    public override bool Recognises(FileSample sample) => sample.StartsWithBrace
        ? sample.Contains("\"error\"") && sample.Contains("\"result\"") && !sample.Contains("\"chart\"")
        : !sample.HasHeader && sample.Rows.Count > 0 && IsArchive(sample);

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (sample.StartsWithBrace)
        {
            return new JsonRecordsLayout
            {
                Format = Name,
                DateStyle = DateStyle.EpochSeconds,
                Holds = (name, depth) => depth == 2 && name != "last",
                Values = [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close, ColumnRole.Skip,
                    ColumnRole.Volume],
                LastIsOpen = true,
                TimesAreOpens = true,
                Notes = ["the last bar of Kraken's answer had not closed and was left out"],
                Example = "download it again; it is { \"error\": [], \"result\": { \"XXBTZUSD\": [[time, open, high, …]] } }",
            };
        }
        if (sample.HasHeader || sample.Rows.Count == 0 || !IsArchive(sample))
            throw NotOfThisFormat(sample, "a row is not as 1580376600,open,high,low,close,volume,trades", "download the archive again");
        return new RowLayout
        {
            Format = Name,
            Delimiter = (byte)',',
            Columns = [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close, ColumnRole.Volume,
                ColumnRole.Skip],
            HeaderLines = sample.HeaderLines,
            DateStyle = DateStyle.EpochSeconds,
            TimesAreOpens = true,
        };
    }

    private static bool IsArchive(FileSample sample) =>
        sample.Rows.Take(20).All(r => r is [{ Length: 9 or 10 } time, _, _, _, _, _, { Length: > 0 } trades]
            && time.All(char.IsAsciiDigit) && trades.All(char.IsAsciiDigit));
}
