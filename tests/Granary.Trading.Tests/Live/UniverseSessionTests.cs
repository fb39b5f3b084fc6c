using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Contracts.Why;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Granary.Trading.Why;

namespace Granary.Trading.Tests.Live;

/// <summary>A session of a universe equals the backtest of its bars, also when it was cut.</summary>
public sealed class UniverseSessionTests : IDisposable
{
    private static readonly DateTime Start = new(2023, 1, 2);
    private static readonly string[] Symbols = ["AAA", "BBB", "CCC", "DDD", "EEE"];

    private readonly SessionUnderTest _under = new();

    private string Data => Path.Combine(_under.Folder, "data");

    public UniverseSessionTests()
    {
        // Working days of two years; the last symbol begins late, and CCC ends early.
        Directory.CreateDirectory(Data);
        var random = new Random(11);
        foreach (var (s, symbol) in Symbols.Index())
        {
            var lines = new List<string> { "time,open,high,low,close,volume" };
            var price = 50.0 + 10 * s;
            for (var day = Start; day < Start.AddDays(500); day = day.AddDays(1))
            {
                var (open, close) = (price * (1 + 0.01 * (random.NextDouble() - 0.5)), price * (1 + 0.06 * (random.NextDouble() - 0.49)));
                price = close;
                if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || s == 4 && day < Start.AddDays(100)
                    || s == 2 && day > Start.AddDays(400)) continue;
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{open:F4},{Math.Max(open, close) * 1.01:F4},"
                    + $"{Math.Min(open, close) * 0.99:F4},{close:F4},{random.Next(1_000, 100_000)}"));
            }
            File.WriteAllLines(Path.Combine(Data, symbol + ".csv"), lines);
        }
        File.WriteAllText(Path.Combine(_under.Folder, "members.csv"), """
            symbol,from,to,delisting_return
            AAA,,2023-09-30,
            AAA,2024-02-01,,
            BBB,2023-05-13,2023-11-12,
            CCC,,2024-02-07,-0.4
            EEE,2023-07-01,,
            GONE,,,
            """);
    }

    public void Dispose() => _under.Dispose();

    private BatchSpec Spec(string universe, string symbols = "\"*\"", string size = "\"percentOfEquity\": 20") =>
        new BatchReader(TestCatalogues.All).Read("members.json", Encoding.UTF8.GetBytes($$"""
            { "name": "members", "data": { "source": "csv:{{Data}}", "symbols": {{symbols}}, "timeframe": "1d" },
              "universe": {{universe}},
              "execution": { "commissionPercent": 0.1, "slippagePercent": 0.05 },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "size": { {{size}} } },
                { "class": "RsiReversion", "params": { "period": 5, "low": 40, "high": 60 }, "sides": "long", "size": { {{size}} },
                  "entryOrder": "limit", "entryOffsetPercent": 1, "signalValid": "20d" },
                { "class": "MomentumRank", "params": { "lookback": 10, "top": 2, "every": 5 }, "size": { "percentOfEquity": 40 } } ],
              "portfolio": { "weights": "equal" } }
            """), _under.Folder);

    private Task<LiveRun> LiveAsync(BatchRun backtest, string name, DateTime? to = null, string? state = null, bool required = false) =>
        _under.LiveAsync(backtest, name, r => r with
        {
            Feed = Address.Parse("csv:" + Data),
            To = to?.Ticks,
            State = state,
            RequireUniverse = required,
        });

    [Theory]
    [InlineData("""{ "members": "members.csv" }""")]
    [InlineData("""{ "members": "members.csv", "onLeave": "hold" }""")]
    [InlineData("""{ "rank": "dollar-volume(5)", "top": 2, "every": "1mo", "where": ["close > 40", "close < 90"] }""")]
    [InlineData("""{ "rank": "-volatility(10)", "top": 3, "every": "1w", "onLeave": "hold" }""")]
    public async Task A_session_equals_the_backtest_and_a_cut_one_goes_on_with_the_same_members(string universe)
    {
        var backtest = await _under.RunAsync(Spec(universe), "backtest");
        backtest.Model.Strategies.Sum(s => s.Stats!.Trades).ShouldBeGreaterThan(20);
        var live = await LiveAsync(backtest, "live");
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
        // The account itself, with the fills of the paper venue.
        live.Against.Account.ShouldBe(live.Against.Equity, 1e-6 * live.Against.Equity, live.Against.Sentence);
        Members(live.Run).ShouldBe(Members(backtest));

        var account = Path.Combine(_under.Folder, "account");
        foreach (var cut in (int[])[125, 180, 300]) await LiveAsync(backtest, $"until {cut}", Start.AddDays(cut), account);
        var again = await LiveAsync(backtest, "again", state: account);
        again.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        Members(again.Run).ShouldBe(Members(backtest));
    }

    [Theory]
    [InlineData("""{ "members": "members.csv" }""")]
    [InlineData("""{ "rank": "dollar-volume(5)", "top": 2, "every": "1mo" }""")]
    public async Task Replays_of_a_session_have_its_members(string universe)
    {
        var backtest = await _under.RunAsync(Spec(universe), "backtest");
        var state = Path.Combine(_under.Folder, "account");
        await LiveAsync(backtest, "live", Start.AddDays(240), state);
        var (file, accounts) = (Path.Combine(backtest.Folder, "prod.json"), AccountStores.Open(Address.Parse(state), one: true));
        var start = new SessionStart(new SessionOptions { Feed = Address.Parse("csv:" + Data) }, await File.ReadAllBytesAsync(file), file,
            backtest.Folder);
        var days = await new AccountParity(accounts, TestCatalogues.All, TimeProvider.System).CompareAsync(new ParityRequest { Account = "members" },
            start, null, cancellationToken: TestContext.Current.CancellationToken);
        days.Count.ShouldBeGreaterThan(150);
        days.ShouldAllBe(d => d.Causes.Values.All(c => c == 0));

        var decided = FileJournal.Peek(state, new JournalQuery()).Select(JournalCodec.Decode).OfType<SignalDecided>()
            .Where(s => s.Decision == Decision.Accepted).ToList();
        foreach (var signal in decided.TakeLast(3))
        {
            var answer = await new SessionWhy(accounts, TestCatalogues.All).AnswerAsync("members",
                new WhyQuery(signal.Strategy, Signal: signal.Number), TestContext.Current.CancellationToken);
            answer!.Signals.Single(s => s.Number == signal.Number).Decision.ShouldBe(Decision.Accepted.Word);
        }
    }

    [Fact]
    public async Task No_entry_is_filled_outside_of_the_universe_in_the_accounts_and_in_the_portfolio()
    {
        var run = await _under.RunAsync(Spec("""{ "members": "members.csv" }"""), "backtest");
        foreach (var file in (string[])["trades.csv", "portfolio_trades.csv"])
        {
            var reasons = new HashSet<string>();
            foreach (var row in CsvRows.Of(Path.Combine(run.Folder, file)))
            {
                var (symbol, entry) = (row["symbol"], row["entry_time"]);
                var isMember = symbol switch
                {
                    "AAA" => string.CompareOrdinal(entry, "2023-09-30") < 0 || string.CompareOrdinal(entry, "2024-02-01") >= 0,
                    "BBB" => string.CompareOrdinal(entry, "2023-05-13") >= 0 && string.CompareOrdinal(entry, "2023-11-12") < 0,
                    "CCC" => string.CompareOrdinal(entry, "2024-02-07") < 0,
                    _ => symbol == "EEE" && string.CompareOrdinal(entry, "2023-07-01") >= 0,
                };
                isMember.ShouldBeTrue($"{file}: {string.Join(',', row.Values)}");
                reasons.Add(row["exit_reason"]);
            }
            reasons.ShouldContain(ExitReason.LeftUniverse.Word());
            reasons.ShouldContain(ExitReason.Delisted.Word());
        }
    }

    [Fact]
    public async Task A_session_that_requires_a_universe_refuses_an_unknown_one()
    {
        var known = await _under.RunAsync(Spec("""{ "members": "members.csv" }"""), "known");
        var prod = Path.Combine(known.Folder, "prod.json");
        var node = JsonNode.Parse(File.ReadAllText(prod))!.AsObject();
        ((string)node["statements"]!["universe"]!["word"]!).ShouldBe("point-in-time");
        (await LiveAsync(known, "traded", required: true)).Run.Model.Digest.ShouldBe(known.Model.Digest);
        var universe = node["universe"]!.DeepClone();
        node.Remove("universe");
        File.WriteAllText(prod, node.ToJsonString());
        (await Should.ThrowAsync<InputException>(() => LiveAsync(known, "refused", required: true))).Message
            .ShouldContain("has evidence of a universe, and no section 'universe' of its own");
        node["universe"] = universe;
        node["statements"]!.AsObject().Remove("universe");
        File.WriteAllText(prod, node.ToJsonString());
        (await Should.ThrowAsync<InputException>(() => LiveAsync(known, "refused again", required: true))).Message
            .ShouldContain("--require-universe: " + prod + " has universe: unknown; give its batch the section 'universe'");
    }

    private static string Members(BatchRun run) => File.ReadAllText(Path.Combine(run.Folder, "universe.csv"));
}
