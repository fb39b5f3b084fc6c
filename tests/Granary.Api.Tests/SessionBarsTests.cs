using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Charts;
using Granary.Backtesting.Runs;
using Granary.Client;
using Granary.Cluster.Client;
using Granary.Contracts.Runs;
using Granary.Contracts.Sessions;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Api.Tests;

/// <summary>What the bars of a chart say of themselves: their length, the day that they are of, and whether prices are adjusted.</summary>
public sealed class SessionBarsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-bars-").FullName;

    private string Bars => Path.Combine(_folder, "bars");

    public SessionBarsTests() => Directory.CreateDirectory(Bars);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // From Sunday 18:00 in New York on, 23 hours a day: in winter from 23:00 to 22:00 UTC.
    private List<(DateTime Time, double Open, double Close)> WriteFuture()
    {
        var bars = new List<(DateTime Time, double Open, double Close)>();
        for (var day = new DateTime(2022, 1, 9, 23, 0, 0); day < new DateTime(2022, 1, 14); day = day.AddDays(1))
            for (var hour = 0; hour < 23; hour++)
            {
                var price = 100 + bars.Count % 7 + bars.Count / 10.0;
                bars.Add((day.AddHours(hour), price, price + 0.5));
            }
        File.WriteAllLines(Path.Combine(Bars, "FUT.csv"), bars.Select(b => FormattableString.Invariant(
            $"{b.Time:yyyy-MM-dd HH:mm:ss},{b.Open},{b.Close},{b.Open},{b.Close},10")).Prepend("time,open,high,low,close,volume"));
        return bars;
    }

    private async Task<SessionStart> ConfigureAsync(string data, string run)
    {
        var text = $$"""
            { "name": "{{run}}", "data": { "source": "csv:{{Bars}}", {{data}} },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 2, "slow": 3 }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """;
        var folder = Path.Combine(_folder, "runs", run);
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(text), _folder),
            new BatchOptions { Out = folder, Yes = true, Validation = false });
        var file = Path.Combine(folder, "prod.json");
        return new SessionStart
        {
            Text = File.ReadAllBytes(file),
            File = file,
            Folder = folder,
            Feed = Address.Parse("csv:" + Bars),
            Account = run,
            Speed = "asap",
            IgnoresChecks = true,
        };
    }

    private static async Task<SessionView> TradeAsync(ApiServer server, SessionStart start)
    {
        using var starter = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        using var client = new ApiClient(server.Address);
        await starter.StartSessionAsync(start);
        return await Eventually.IsAsync(() => client.Sessions.GetAsync(start.Account!), v => v.Phase == SessionPhase.Done);
    }

    [Theory]
    [InlineData(", \"instruments\": { \"FUT\": { \"session\": { \"timeZone\": \"America/New_York\", \"open\": \"18:00\", \"close\": \"17:00\" } } }")]
    [InlineData("")]
    public async Task Days_of_a_session_are_the_trading_days_of_its_market_and_joined_bars_say_their_length(string sessions)
    {
        var hours = WriteFuture();
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = new ApiClient(server.Address);
        await TradeAsync(server, await ConfigureAsync("\"symbols\": [\"FUT\"], \"timeframe\": \"1h\"" + sessions, "future"));

        var days = await client.Sessions.BarsAsync("future", "FUT", "1d");
        days.Times.ShouldBe(Enumerable.Range(10, 5).Select(d => new DateTime(2022, 1, d)));
        days.Open.ShouldBe(hours.Chunk(23).Select(d => d[0].Open));
        days.Close.ShouldBe(hours.Chunk(23).Select(d => d[^1].Close));
        (days.Timeframe, days.Joined, days.Rows).ShouldBe(("1d", 1, 5));

        // 115 hours in at most ten bars: twelve hours each, and the last one has the seven that are left.
        var joined = await client.Sessions.BarsAsync("future", "FUT", limit: 10);
        (joined.Timeframe, joined.Joined, joined.Rows, joined.Times.Count).ShouldBe(("12 x 1h", 12, 115, 10));
        joined.Times.ShouldBe(hours.Chunk(12).Select(c => c[0].Time));
        joined.Close.ShouldBe(hours.Chunk(12).Select(c => c[^1].Close));
        joined.Prices.ShouldBe(PriceBasis.Raw);
    }

    [Fact]
    public async Task Factors_over_the_bars_of_a_session_equal_those_of_its_backtest()
    {
        var hours = WriteFuture();
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = new ApiClient(server.Address);
        var start = await ConfigureAsync("\"symbols\": [\"FUT\"], \"timeframe\": \"1h\"", "factors");
        await TradeAsync(server, start);

        var member = (await client.Sessions.ConfigurationAsync("factors")).Strategies.Single();
        (member.Timeframe, string.Join(' ', member.Factors)).ShouldBe(("1h", "sma(2) sma(3)"));
        const string Factors = "sma(3);rsi(14);macd(5,8,3).signal;atr(5);sma(2)@4h";
        var shown = await client.Sessions.ChartAsync("factors", new ChartPart("FUT", Factors: Factors, Points: 200));
        var sma = shown.Factors[0].Values;
        (sma[0], sma[1]).ShouldBe((null, null));
        for (var i = 2; i < hours.Count; i++) sma[i]!.Value.ShouldBe((hours[i - 2].Close + hours[i - 1].Close + hours[i].Close) / 3, 1e-9);
        foreach (var timeframe in (string?[])[null, "4h"])
        {
            var query = ChartQuery.Read("FUT", timeframe, timeframe is null ? Factors : "sma(3);rsi(5)");
            var backtest = (await MarketChart.ReadAsync(start.Folder!, query, null, TestCatalogues.All, CancellationToken.None))
                .Show(new RunSeries(null, null, 200));
            shown = await client.Sessions.ChartAsync("factors",
                new ChartPart("FUT", timeframe, string.Join(';', query.Factors), Points: 200));
            foreach (var (own, other) in shown.Factors.Zip(backtest.Factors))
            {
                (own.Name, own.Values.Any(v => v is not null)).ShouldBe((other.Name, true));
                // The session's last long bar may be unfinished.
                own.Values.Take(other.Values.Count - 1).ShouldBe(other.Values.SkipLast(1), own.Name);
            }
        }
        // A part of the time has the values of all bars.
        var part = await client.Sessions.ChartAsync("factors", new ChartPart("FUT", Factors: "sma(3)", From: "2022-01-13"));
        part.Factors[0].Values[0].ShouldBe(sma[hours.FindIndex(h => h.Time >= new DateTime(2022, 1, 13))]);
        (await Should.ThrowAsync<ApiException>(() => client.Sessions.ChartAsync("factors", new ChartPart("FUT", Factors: "smaa(3)"))))
            .Message.ShouldContain("smaa");
        (await Should.ThrowAsync<ApiException>(() => client.Sessions.ChartAsync("factors", new ChartPart("FUT", Factors: "column(oi)"))))
            .Message.ShouldContain("does not have the column 'oi'");
    }

    [Fact]
    public async Task Factors_over_a_chain_in_a_session_equal_those_of_its_backtest()
    {
        var days = Enumerable.Range(0, 60).Select(d => new DateTime(2022, 1, 31).AddDays(d))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToList();
        foreach (var (contract, gap, last) in ((string, int, DateTime)[])
            [("ESH22", 0, new DateTime(2022, 3, 18)), ("ESM22", 400, days[^1])])
            File.WriteAllLines(Path.Combine(Bars, contract + ".csv"), days.Where(d => d <= last)
                .Select(d => (Day: d, Price: 4_000 + gap + 3 * (d.Day % 5)))
                .Select(d => FormattableString.Invariant($"{d.Day:yyyy-MM-dd},{d.Price},{d.Price + 2},{d.Price - 1},{d.Price + 1},900"))
                .Prepend("date,open,high,low,close,volume"));
        var expiries = Path.Combine(_folder, "expiries.csv");
        File.WriteAllLines(expiries, ["contract,expiry", "ESH22,2022-03-18", "ESM22,2022-06-17"]);
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = new ApiClient(server.Address);
        var start = await ConfigureAsync($$"""
            "symbols": ["ES"], "timeframe": "1d", "instruments": { "ES": { "chain": { "contracts": "ES*", "expiries": "{{expiries}}",
              "roll": { "by": "expiry", "days": 5 }, "adjust": "difference" } } }
            """, "chain");
        await TradeAsync(server, start);

        var query = ChartQuery.Read("ES", null, "sma(3);rsi(5)");
        var backtest = (await MarketChart.ReadAsync(start.Folder!, query, null, TestCatalogues.All, CancellationToken.None))
            .Show(new RunSeries(null, null, 200));
        var shown = await client.Sessions.ChartAsync("chain", new ChartPart("ES", Factors: "sma(3);rsi(5)", Points: 200));
        foreach (var (own, other) in shown.Factors.Zip(backtest.Factors)) own.Values.ShouldBe(other.Values, own.Name);
        // The gap of 400 points is in the prices, and not in the average.
        shown.Bars.Close.Max().ShouldBeGreaterThan(4_400);
        shown.Factors[0].Values.Max()!.Value.ShouldBeLessThan(4_100);
    }

    [Fact]
    public async Task A_chart_says_whether_its_prices_are_adjusted()
    {
        await File.WriteAllLinesAsync(Path.Combine(Bars, "ADJ.csv"), Enumerable.Range(0, 20).Select(i => FormattableString.Invariant(
            $"{new DateTime(2022, 1, 3).AddDays(i):yyyy-MM-dd},{100 + i % 5},{106 + i % 5},{99 + i % 5},{101 + i % 5},{(101 + i % 5) / 2.0},10"))
            .Prepend("Date,Open,High,Low,Close,Adj Close,Volume"));
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = new ApiClient(server.Address);
        var adjusted = await ConfigureAsync("\"symbols\": [\"ADJ\"], \"timeframe\": \"1d\"", "adjusted");
        var raw = await ConfigureAsync("\"symbols\": [\"ADJ\"], \"timeframe\": \"1d\", \"adjust\": false", "raw");
        (await TradeAsync(server, adjusted)).Status!.Account.Adjusted.ShouldBe(["ADJ"]);
        (await TradeAsync(server, raw)).Status!.Account.Adjusted.ShouldBeEmpty();
        foreach (var (account, basis, first) in ((string, PriceBasis, double)[])
            [("adjusted", PriceBasis.Adjusted, 50.5), ("raw", PriceBasis.Raw, 101)])
        {
            var bars = await client.Sessions.BarsAsync(account, "ADJ");
            (bars.Prices, bars.Close[0]).ShouldBe((basis, first), account);
        }
    }
}
