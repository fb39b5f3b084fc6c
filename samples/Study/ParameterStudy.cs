using System.Globalization;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Storage.Addresses;

// Runs a strategy with several parameters over the daily files of a folder, and prints the mean result of each. Without a folder it takes
// generated markets.
IBarSource source = args.Length > 0 ? new CsvBarSource(args[0], new BarFileOptions())
    : GeneratedBarSource.Of(Address.Parse("generated:ACME,COINUSDT?from=2020-01-01&to=2024-01-01"));
var settings = new TradingSettings { Size = SizeRule.PercentOfEquity(95) };
var execution = new ExecutionSettings { Fee = new PercentFee(0.1) };
var markets = new List<(MarketSeries Series, List<Bar> Bars)>();
foreach (var symbol in await source.ListSymbolsAsync(Timeframe.D1))
{
    await using var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.D1));
    var bars = new List<Bar>();
    await foreach (var block in series.ReadAsync())
        for (var i = 0; i < block.Count; i++)
            bars.Add(block[i]);
    markets.Add((new MarketSeries(series.Instrument, series.Timeframe), bars));
}

Console.WriteLine("fast  slow  trades  mean return");
foreach (var fast in (int[])[5, 10, 20])
    foreach (var slow in (int[])[30, 60, 120])
    {
        var outcomes = markets.ConvertAll(m => StrategyBacktest.Run(new SmaCross(fast, slow), m.Series, m.Bars, settings, execution));
        var mean = outcomes.Average(o => o.Result.Equity.Final / settings.Cash - 1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{fast,4}  {slow,4}  {outcomes.Sum(o => o.Trades.Count),6}  {mean,11:P2}"));
    }
