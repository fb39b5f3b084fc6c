using System.Globalization;
using Granary.Data.BarFiles;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Synthetic;

/// <summary>Request of <c>data generate</c>.</summary>
/// <param name="Folder">Files are written as Folder/timeframe/SYMBOL.csv, which <see cref="CsvBarSource"/> reads as it is.</param>
internal sealed record GenerateRequest(string Folder, IReadOnlyList<SyntheticMarket> Markets, IReadOnlyList<Timeframe> Timeframes);

/// <summary>One generated file.</summary>
internal sealed record GeneratedFile(string Path, string Symbol, Timeframe Timeframe, long Bars);

/// <summary>Implements <c>data generate</c>: writes seeded synthetic markets to CSV files.</summary>
internal static class DataGeneration
{
    /// <summary>The sample symbols; the last two trade around the clock.</summary>
    public static IReadOnlyList<string> SampleSymbols { get; } = ["ACME", "BOLT", "CRUX", "DUNE", "COINUSDT", "GLIMUSDT"];

    /// <summary>
    /// Returns a market for each symbol. A symbol that ends in USDT, USDC or BTC is a crypto pair, any other a stock. Seed and symbol
    /// determine price and volatility.
    /// </summary>
    /// <exception cref="BarDataException">A symbol is not allowed in a file name.</exception>
    public static IReadOnlyList<SyntheticMarket> Markets(IEnumerable<string> symbols, long from, long to, ulong seed)
    {
        var markets = new List<SyntheticMarket>();
        foreach (var symbol in symbols)
        {
            if (symbol.Length is 0 or > 40 || !symbol.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                throw new BarDataException($"symbol '{(symbol.Length > 40 ? symbol[..40] : symbol)}' cannot be a file's name; use letters, "
                    + $"digits, - and _");
            // A separate random stream, so that the initial price is independent of the path.
            var random = new MarketRandom(PortableRandom.SeedFor(seed ^ 0x6D61726B6574UL, symbol));
            var crypto = symbol.EndsWith("USDT", StringComparison.Ordinal) || symbol.EndsWith("USDC", StringComparison.Ordinal)
                || symbol.EndsWith("BTC", StringComparison.Ordinal);
            var price = Math.Round(crypto ? 50 + 30_000 * random.NextDouble() * random.NextDouble() : 20 + 280 * random.NextDouble());
            markets.Add(crypto
                ? SyntheticMarket.Crypto(symbol, from, to, seed, price, 0.5 + 0.4 * random.NextDouble())
                : SyntheticMarket.Stock(symbol, from, to, seed, price, 0.18 + 0.3 * random.NextDouble()));
        }
        return markets;
    }

    /// <exception cref="BarDataException">The parameters of a market are invalid.</exception>
    /// <exception cref="BarStoreException">The disk failed; files written before are complete.</exception>
    public static IReadOnlyList<GeneratedFile> Run(GenerateRequest request, CancellationToken cancellationToken = default)
    {
        var files = new List<GeneratedFile>();
        foreach (var timeframe in request.Timeframes)
        {
            foreach (var market in request.Markets)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = System.IO.Path.Combine(request.Folder, timeframe.ToString(),
                    string.Create(CultureInfo.InvariantCulture, $"{market.Instrument.Symbol}.csv"));
                var count = BarCsvWriter.Write(path, timeframe, MarketGenerator.Generate(market, timeframe));
                files.Add(new GeneratedFile(path, market.Instrument.Symbol, timeframe, count));
            }
        }
        return files;
    }
}
