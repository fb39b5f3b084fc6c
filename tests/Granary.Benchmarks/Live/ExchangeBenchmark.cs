using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Binance;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Trading.Live;

namespace Granary.Benchmarks.Live;

/// <summary>
/// The adapter of Binance at a local exchange: from an order's intent to its signed request on the socket and at the exchange, with the
/// session's journal flushed to the disk; and how far fills are behind when the exchange reports a thousand updates a second.
/// </summary>
internal static class ExchangeBenchmark
{
    private const string Symbol = "BTCUSDT";

    private static readonly string[] Coins = ["BTC", .. Enumerable.Range(1, 49).Select(i => $"C{i}")];

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("granary-exchange-").FullName;
        await using var server = await ExchangeServer.StartAsync(new BinanceSpotDialect(new MarketTerms { Others = Coins[1..] }));
        try
        {
            await using (var broker = await ConnectAsync(server, folder, "orders.grj")) await OrdersAsync(server, broker, folder);
            await using (var broker = await ConnectAsync(server, folder, "updates.grj")) await UpdatesAsync(server, broker);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Without the exchange's limit of requests a minute, which these orders would reach.
    private static Task<VenueBroker> ConnectAsync(ExchangeServer server, string folder, string journal) =>
        VenueBroker.ConnectAsync((BinanceSpot.Market with { Budget = (1_000_000, TimeSpan.FromSeconds(1)) }).Open(
            server.Endpoint.ToString(),
            new ApiCredentials(VenueDialect.Key, VenueDialect.Secret), TimeProvider.System), new VenueSettings { MaxOrdersPerMinute = 0 },
            new BrokerEnvironment
            {
                Account = "benchmark",
                Cash = 1e6,
                Execution = new ExecutionSettings(),
                Instruments = Coins.ToDictionary(SymbolOf, c => new Instrument { Symbol = SymbolOf(c) }, StringComparer.Ordinal),
                OpenJournalAsync = _ => Task.FromResult<IJournal>(FileJournal.Open(folder, TimeProvider.System, name: journal)),
                Clock = TimeProvider.System,
            }, default);

    // Fifty strategies: one of them wants an order with each bar, then all of them with the same bar.
    private static async Task OrdersAsync(ExchangeServer server, VenueBroker broker, string folder)
    {
        await using var journal = new AccountJournal(FileJournal.Open(folder, TimeProvider.System), TimeProvider.System);
        var manager = new OrderManager(broker, journal, new AccountLedger(1e6, _ => 1), "gbench");
        using var written = new WrittenRequests();
        var arrived = new List<long>();
        server.Ordered = _ =>
        {
            lock (arrived) arrived.Add(Stopwatch.GetTimestamp());
        };
        const int Compiling = 2000, Measured = 2000, Bars = 10;
        var (sent, received, own, rest) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Compiling + Measured; i++)
        {
            written.Clear();
            arrived.Clear();
            var started = Stopwatch.GetTimestamp();
            await manager.SendAsync(i, [], [Intent(i, i, Symbol)], default);
            await journal.FlushIfDueAsync();
            // The first orders compile the code, step by step.
            if (i < Compiling) continue;
            sent.Add(Stopwatch.GetElapsedTime(started, written.First).TotalMilliseconds);
            received.Add(Stopwatch.GetElapsedTime(started, arrived[0]).TotalMilliseconds);
            own.Add(Stopwatch.GetElapsedTime(started, manager.FirstSent).TotalMilliseconds);
            rest.Add(sent[^1] - own[^1]);
        }
        Console.WriteLine($"exchange, {sent.Count} bars with one order, median / 99th percentile: intent to signed request on the socket "
            + $"{Text(sent)}, at the exchange {Text(received)}; the session's journal with its flush to the disk {Text(own)}, "
            + $"then {Text(rest)}");
        var next = Compiling + Measured;
        foreach (var (trip, coins) in new[] { (0, 1), (0, 50), (50, 1), (50, 5), (50, 50) })
        {
            server.Answering = trip > 0 ? () => Task.Delay(trip) : null;
            received.Clear();
            // The first bar opens connections and compiles.
            for (var bar = 0; bar <= Bars; bar++)
            {
                lock (arrived) arrived.Clear();
                var (first, started) = (next, Stopwatch.GetTimestamp());
                await manager.SendAsync(first, [],
                    [.. Enumerable.Range(first, 50).Select(i => Intent(i, first, SymbolOf(Coins[i % coins])))], default);
                next += 50;
                if (bar > 0) received.AddRange(arrived.Select(a => Stopwatch.GetElapsedTime(started, a).TotalMilliseconds));
            }
            Console.WriteLine($"exchange, {Bars} bars with 50 orders in {coins} symbols, answers after {trip} ms: at the exchange "
                + Text(received));
        }
        (server.Ordered, server.Answering) = (null, null);
        server.Market.CancelAll();
    }

    private static string SymbolOf(string coin) => coin + "USDT";

    private static OrderIntended Intent(int i, long timestamp, string symbol) =>
        new(timestamp, Limit($"gbench-{i % 50}-{i}-e", 90) with { Symbol = symbol }, OrderRole.Entry, i, ExitReason.Open)
        {
            Strategy = $"S{i % 50}",
            Symbol = symbol,
        };

    private static string Text(List<double> times)
    {
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:0.000} / {times[times.Count * 99 / 100]:0.000} ms");
    }

    // When .NET has handed a request with its body to the socket.
    private sealed class WrittenRequests : EventListener
    {
        private long _first;

        public long First => Interlocked.Read(ref _first);

        public void Clear() => Interlocked.Exchange(ref _first, 0);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Http") EnableEvents(eventSource, EventLevel.Informational);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == "RequestContentStop") Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0);
        }
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
