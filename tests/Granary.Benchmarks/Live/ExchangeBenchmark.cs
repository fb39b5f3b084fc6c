using System.Diagnostics;
using System.Globalization;
using Granary.Application.Live;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Binance;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Benchmarks.Live;

/// <summary>
/// The adapter of Binance at a local exchange: from an order's intent to its signed request at the exchange, with both journals flushed to
/// the disk; and how far fills are behind when the exchange reports a thousand updates a second.
/// </summary>
internal static class ExchangeBenchmark
{
    private const string Symbol = "BTCUSDT";

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("granary-exchange-").FullName;
        await using var server = await ExchangeServer.StartAsync(new BinanceSpotDialect(new MarketTerms()));
        try
        {
            var venue = BinanceSpot.Market.Open(server.Endpoint.ToString(), new ApiCredentials(VenueDialect.Key, VenueDialect.Secret),
                TimeProvider.System);
            await using var broker = await VenueBroker.ConnectAsync(venue, new VenueSettings { MaxOrdersPerMinute = 0 },
                new BrokerEnvironment
                {
                    Account = "benchmark",
                    Cash = 1e6,
                    Execution = new ExecutionSettings(),
                    Instruments = new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } },
                    OpenJournalAsync = _ => Task.FromResult<IJournal>(FileJournal.Open(folder, TimeProvider.System, name: "venue.grj")),
                    Clock = TimeProvider.System,
                }, default);
            await OrdersAsync(server, broker, folder);
            await UpdatesAsync(server, broker);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Fifty strategies, one of which wants an order with each bar.
    private static async Task OrdersAsync(ExchangeServer server, VenueBroker broker, string folder)
    {
        await using var journal = new AccountJournal(FileJournal.Open(folder, TimeProvider.System), TimeProvider.System);
        var manager = new OrderManager(broker, journal, new AccountLedger(1e6, _ => 1), "gbench");
        var arrived = 0L;
        server.Ordered = _ => arrived = Stopwatch.GetTimestamp();
        const int Compiling = 3000, Measured = 2000;
        var (times, own) = (new List<double>(), new List<double>());
        for (var i = 0; i < Compiling + Measured; i++)
        {
            var intent = new OrderIntended(i, Limit($"gbench-{i % 50}-{i}-e", 90), OrderRole.Entry, i, ExitReason.Open)
            {
                Strategy = $"S{i % 50}",
                Symbol = Symbol,
            };
            var started = Stopwatch.GetTimestamp();
            await manager.SendAsync(i, [], [intent], default);
            // The first orders compile the code, step by step.
            if (i < Compiling) continue;
            times.Add(Stopwatch.GetElapsedTime(started, arrived).TotalMilliseconds);
            own.Add(Stopwatch.GetElapsedTime(started, manager.FirstSent).TotalMilliseconds);
        }
        times.Sort();
        own.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"exchange, {times.Count} orders: intent to signed request at the exchange {times[times.Count / 2]:0.000} ms in the middle, ")
            + string.Create(CultureInfo.InvariantCulture, $"{times[times.Count * 99 / 100]:0.000} ms at the 99th percentile; ")
            + string.Create(CultureInfo.InvariantCulture,
            $"the session's journal is {own[own.Count / 2]:0.000} and {own[own.Count * 99 / 100]:0.000} ms of it"));
        server.Market.CancelAll();
    }

    private static BrokerOrder Limit(string id, double price) => new()
    {
        ClientId = id,
        Symbol = Symbol,
        Side = Side.Buy,
        Type = OrderType.Limit,
        Quantity = 0.03,
        LimitPrice = price,
    };

    // A hundred waiting orders are filled in thirds: two hundred messages five times a second.
    private static async Task UpdatesAsync(ExchangeServer server, VenueBroker broker)
    {
        server.Market.FillsInParts = true;
        var lags = new List<double>();
        for (var batch = 0; batch < 10; batch++)
        {
            for (var i = 0; i < 100; i++) await broker.SubmitAsync(Limit($"gbench-u-{batch}-{i}-e", 100));
            for (var part = 0; part < 3; part++)
            {
                var started = Stopwatch.GetTimestamp();
                server.Market.Trade(100, 100);
                var expected = server.Market.Fills.Count;
                while ((await broker.PollAsync(0)).Count(e => e.Fill is not null) < expected) await Task.Delay(1);
                var lag = Stopwatch.GetElapsedTime(started);
                lags.Add(lag.TotalMilliseconds);
                if (lag < TimeSpan.FromMilliseconds(200)) await Task.Delay(TimeSpan.FromMilliseconds(200) - lag);
            }
        }
        lags.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"exchange, 1,000 updates a second: a burst of 200 is booked after {lags[lags.Count / 2]:0.0} ms in the middle, ")
            + string.Create(CultureInfo.InvariantCulture, $"{lags[^1]:0.0} ms at the most"));
    }
}
