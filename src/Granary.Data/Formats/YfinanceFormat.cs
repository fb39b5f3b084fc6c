using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;

namespace Granary.Data.Formats;

/// <summary>
/// CSV files of yfinance, with three header lines: price names, the ticker of each column, and the name of the index. The first two may be
/// swapped; older versions leave their first cells empty.
/// </summary>
[BarFormat("yfinance", Order = 45)]
internal sealed class YfinanceFormat : BarFormat
{
    public override string Explanation => "yfinance's CSV with headers of several lines: Price,Close,High,… · Ticker,AAPL,AAPL,… · Date";

    public override bool Recognises(FileSample sample) => Headers(sample) is not null;

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (Headers(sample) is not { } headers)
            throw NotOfThisFormat(sample, "the file does not start with a line of prices and a line of tickers",
                "write it with to_csv as yfinance returned it, or use the format yahoo");
        var tickers = headers.Tickers.Skip(1).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        var markets = tickers.ToDictionary(t => t, t => RolesOf(sample, headers.Prices, headers.Tickers, t), StringComparer.Ordinal);
        var times = sample.Lines.Skip(headers.Count).Where(l => l.Trim().Length > 0)
            .Select(l => Encoding.UTF8.GetBytes((FieldSplitter.Split(l, ',') ?? [""])[0].Trim())).ToList();
        return new RowLayout
        {
            Format = Name,
            Delimiter = (byte)',',
            Columns = markets[tickers[0]],
            Markets = markets.Count > 1 ? markets : null,
            Names = ["time", .. headers.Prices.Skip(1)],
            HeaderLines = headers.Count,
            DateStyle = DetectDates(sample, times, headers.Count + 1, options, out var ambiguous),
            AmbiguousDates = ambiguous,
            SkipNullRows = true,
        };
    }

    // The roles of one ticker's columns; columns of other tickers are skipped.
    private ColumnRole[] RolesOf(FileSample sample, List<string> prices, List<string> tickers, string ticker)
    {
        ColumnRole[] roles = [ColumnRole.Time, .. prices.Skip(1).Zip(tickers.Skip(1), (price, of) => of == ticker ? Role(price)
            : ColumnRole.Skip)];
        foreach (var role in (ColumnRole[])[ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close])
            if (roles.Count(r => r == role) is not 1 and var count)
                throw NotOfThisFormat(sample, $"the header names {role.ToString().ToLowerInvariant()} of {Shorten(ticker)} {count} times",
                    "write the file again with one column for each price");
        return roles;
    }

    // The header lines with price names and with tickers, and the number of header lines.
    private static (List<string> Prices, List<string> Tickers, int Count)? Headers(FileSample sample)
    {
        if (sample.Lines.Count < 3 || FieldSplitter.Split(sample.Lines[0], ',') is not { } first
            || FieldSplitter.Split(sample.Lines[1], ',') is not { } second || first.Count != second.Count || first.Count < 5) return null;
        var swapped = Role(first[1]) == ColumnRole.Skip;
        var (prices, tickers) = swapped ? (second, first) : (first, second);
        if (FileSample.Plain(prices[0]) is not ("price" or "") || FileSample.Plain(tickers[0]) is not ("ticker" or "" or "date")
            || !prices.Skip(1).Any(p => Role(p) == ColumnRole.Close) || tickers.Skip(1).Any(t => t.Trim().Length == 0)) return null;
        var third = FieldSplitter.Split(sample.Lines[2], ',') ?? [];
        var index = third.Count > 0 && FileSample.Plain(third[0]) is "date" or "datetime";
        return (prices, tickers, index ? 3 : 2);
    }

    private static ColumnRole Role(string name) => FileSample.Plain(name) switch
    {
        "open" => ColumnRole.Open,
        "high" => ColumnRole.High,
        "low" => ColumnRole.Low,
        "close" => ColumnRole.Close,
        "adjclose" => ColumnRole.AdjustedClose,
        "volume" => ColumnRole.Volume,
        _ => ColumnRole.Skip,
    };
}
