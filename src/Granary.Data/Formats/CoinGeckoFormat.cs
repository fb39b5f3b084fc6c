using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>
/// CoinGecko's files: the OHLC array of its API, without volume and stamped with the close, and the CSV of a coin's page, with one price
/// per day.
/// </summary>
[BarFormat("coingecko", Order = 18)]
internal sealed class CoinGeckoFormat : BarFormat
{
    public override string Explanation => "[[close time, open, high, low, close], …], or snapped_at,price,market_cap,total_volume";

    public override bool Recognises(FileSample sample) => sample.StartsWithBracket
        ? JsonSample.Of(sample).Kind == JsonSample.Form.Lists && FirstRecord(sample)?.Split(',').Length == 5
        : sample.Header is ["snapped_at", "price", ..];

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (sample.StartsWithBracket)
        {
            return JsonKlinesFormat.Create(Name, sample) with
            {
                Stamp = BarStamp.Close,
                Values = [ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close],
                Notes = ["five values a bar are CoinGecko's, whose times are those of the close; use the format json if they are opens"],
            };
        }
        if (sample.Header is not ["snapped_at", "price", ..])
            throw NotOfThisFormat(sample, "the header does not start with snapped_at,price", "download the file again");
        var roles = new ColumnRole[sample.Header.Count];
        roles[0] = ColumnRole.Time;
        roles[1] = ColumnRole.Close;
        var volume = sample.Header.ToList().IndexOf("total_volume");
        if (volume >= 0) roles[volume] = ColumnRole.Volume;
        return new RowLayout
        {
            Format = Name,
            Delimiter = (byte)sample.Delimiter,
            Columns = roles,
            Names = [.. sample.Header],
            HeaderLines = sample.HeaderLines,
            DateStyle = DetectDates(sample, 0, options, out var ambiguous),
            AmbiguousDates = ambiguous,
            OnePrice = true,
            SkipNullRows = true,
        };
    }

    private static string? FirstRecord(FileSample sample)
    {
        var text = System.Text.Encoding.UTF8.GetString(sample.Head);
        var start = text.IndexOf('[', text.IndexOf('[') + 1);
        var end = start < 0 ? -1 : text.IndexOf(']', start);
        return end < 0 ? null : text[(start + 1)..end];
    }
}
