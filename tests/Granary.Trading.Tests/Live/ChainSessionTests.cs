using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Contracts.Deployments;
using Granary.Contracts.Why;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Granary.Trading.Why;

namespace Granary.Trading.Tests.Live;

/// <summary>A session over the contracts of a chain equals the backtest, also when it was down over a roll.</summary>
public sealed class ChainSessionTests : IDisposable
{
    private static readonly DateOnly Start = new(2022, 1, 3);

    // Third Fridays.
    private static readonly (string Contract, DateOnly Expiry)[] Contracts = [("ESH22", new(2022, 3, 18)), ("ESM22", new(2022, 6, 17)),
        ("ESU22", new(2022, 9, 16)), ("ESZ22", new(2022, 12, 16))];

    private readonly SessionUnderTest _under = new();

    private string Data => Path.Combine(_under.Folder, "data");

    public ChainSessionTests()
    {
        Directory.CreateDirectory(Data);
        var random = new Random(5);
        var prices = new List<(DateOnly Day, double Open, double Close)>();
        var price = 4_000.0;
        for (var day = Start; day <= Contracts[^1].Expiry; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var (open, close) = (price + random.Next(-20, 21) * 0.25, price + random.Next(-200, 205) * 0.25);
            prices.Add((day, open, close));
            price = close;
        }
        foreach (var (c, (contract, expiry)) in Contracts.Index())
            File.WriteAllLines(Path.Combine(Data, contract + ".csv"), ["date,open,high,low,close,volume", .. prices
                .Where(p => p.Day <= expiry && p.Day >= expiry.AddDays(-150)).Select(p => string.Create(CultureInfo.InvariantCulture,
                    $"{p.Day:yyyy-MM-dd},{p.Open + 33 * c},{Math.Max(p.Open, p.Close) + 33 * c + 5},{Math.Min(p.Open, p.Close) + 33 * c - 5},"
                    + $"{p.Close + 33 * c},{(expiry.DayNumber - p.Day.DayNumber is > 9 and < 101 ? 900 : 300)}"))]);
        File.WriteAllLines(Path.Combine(_under.Folder, "expiries.csv"),
            ["contract,expiry", .. Contracts.Select(c => $"{c.Contract},{c.Expiry:yyyy-MM-dd}")]);
    }

    public void Dispose() => _under.Dispose();

    private BatchSpec Spec(string chain) => new BatchReader(TestCatalogues.All).Read("chain.json", Encoding.UTF8.GetBytes($$"""
        { "name": "chain", "data": { "source": "csv:{{Data}}", "symbols": ["ES"], "timeframe": "1d",
            "instruments": { "ES": { "multiplier": 50, "tick": 0.25, "lot": 1,
              "chain": { "contracts": "ES*", "expiries": "{{_under.Folder}}/expiries.csv", {{chain}} } } } },
          "account": { "cash": 10000000 },
          "execution": { "commissionPercent": 0.001, "slippagePercent": 0.005 },
          "strategies": [
            { "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "size": { "units": 2 } },
            { "class": "RsiReversion", "params": { "period": 5, "low": 40, "high": 60 }, "size": { "units": 1 } } ],
          "portfolio": { "weights": "equal" } }
        """), _under.Folder);

    private Task<LiveRun> LiveAsync(BatchRun backtest, string name, DateTime? to = null, string? state = null) =>
        _under.LiveAsync(backtest, name, r => r with { Feed = Address.Parse("csv:" + Data), To = to?.Ticks, State = state });

    [Theory]
    [InlineData("\"adjust\": \"difference\"")]
    [InlineData("\"adjust\": \"ratio\", \"roll\": \"volume\"")]
    [InlineData("\"adjust\": \"none\", \"depth\": 2")]
    public async Task A_session_equals_the_backtest_and_one_that_was_down_over_a_roll_makes_it_once(string chain)
    {
        var backtest = await _under.RunAsync(Spec(chain), "backtest");
        backtest.Model.Strategies.Sum(s => s.Stats!.Trades).ShouldBeGreaterThan(20);
        var live = await LiveAsync(backtest, "live");
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
        live.Against.Account.ShouldBe(live.Against.Equity, 1e-6 * live.Against.Equity, live.Against.Sentence);
        live.Against.Sentence.ShouldEndWith(": no difference");
        foreach (var (cause, amount) in live.Against.Causes) amount.ShouldBe(0, 1e-4, cause);
        foreach (var part in LiveDivergence.Of(backtest.Folder, live.Run.Folder).Trades.SelectMany(t => t.Parts))
            part.Amount.ShouldBe(0, 1e-4, part.Cause);

        // Rolls by expiry are on 11 March, 10 June and 9 September. The session is down on the first, and ends with the second.
        var account = Path.Combine(_under.Folder, "account");
        foreach (var cut in (DateOnly[])[new(2022, 3, 8), new(2022, 6, 11), new(2022, 9, 9)])
            await LiveAsync(backtest, $"until {cut:MMdd}", cut.ToDateTime(default), account);
        var again = await LiveAsync(backtest, "again", state: account);
        again.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        again.Against!.Account.ShouldBe(live.Against.Account, 1e-6);
        again.Against.Sentence.ShouldEndWith(": no difference");
        await HasNoDifferenceOnAnyDayAsync(backtest, account);
        await IsExplainedByItsJournalAsync(account);
    }

    // The replay sees the prices that the session saw, also over the gaps of rolls.
    private static async Task IsExplainedByItsJournalAsync(string state)
    {
        var why = new SessionWhy(AccountStores.Open(Address.Parse(state), one: true), TestCatalogues.All);
        var signals = FileJournal.Peek(state, new JournalQuery(nameof(SignalDecided))).Select(JournalCodec.Decode).OfType<SignalDecided>()
            .ToList();
        signals.Count.ShouldBeGreaterThan(20);
        foreach (var decided in signals.Where((_, i) => i % 3 == 0))
        {
            var answer = (await why.AnswerAsync("account", new WhyQuery(decided.Strategy, Signal: decided.Number),
                TestContext.Current.CancellationToken))!;
            answer.Factors.ShouldNotBeEmpty();
            foreach (var factor in answer.Factors)
                factor.Value!.Value.ShouldBe(decided.Factors[factor.Name], 1e-9, $"{decided.Strategy} {decided.Number} {factor.Name}");
            answer.Portfolio.ShouldNotBeNull();
        }
    }

    private async Task HasNoDifferenceOnAnyDayAsync(BatchRun backtest, string account)
    {
        var file = Path.Combine(backtest.Folder, "prod.json");
        var start = new SessionStart(new SessionOptions { Feed = Address.Parse("csv:" + Data) }, File.ReadAllBytes(file), file,
            backtest.Folder);
        var days = await new AccountParity(AccountStores.Open(Address.Parse(account), one: true), TestCatalogues.All, TimeProvider.System)
            .CompareAsync(new ParityRequest { Account = "live" }, start, null, cancellationToken: TestContext.Current.CancellationToken);
        days.Count.ShouldBeGreaterThan(200);
        foreach (var (day, cause) in days.SelectMany(d => d.Causes.Select(c => (d.Day, c))))
            cause.Value.ShouldBe(0, 1e-4, $"{day} {cause.Key}");
    }

    // Two contracts, entered at 4,000 and left at 4,010 after a gap of 33 points: 43 − 33 points of 50 and two units. The venue's roll has
    // cost 100 more than the portfolio's.
    [Fact]
    public void A_roll_that_cost_more_is_a_difference_of_cost()
    {
        static BrokerFill Fill(Side side, double price) => new("x", "c", "", "ES", side, price, 2, 5, 0);
        var own = new AccountTrade("s", 1, "ES", Side.Buy, "c", 1);
        own.Enter(Fill(Side.Buy, 4_000), 50);
        own.Roll(33, 110, 50);
        own.Exit(Fill(Side.Sell, 4_043), 50);
        own.State = TradeState.Closed;
        var row = new DivergenceRow("s", "ES", 1, Side.Buy)
        {
            Multiplier = 50,
            Last = null,
            Own = own,
            Planned = new Trade(1, Side.Buy, 2, 0, 0, 4_000, 0, 4_043, 1_000, 20, 3, ExitReason.Signal, 0, 0) { RollProfit = -3_300 },
        };
        (row.PlannedCosts, row.Costs).ShouldBe((3_320, 3_420));
        (row.Planned!.Value.NetProfit, row.Net).ShouldBe((980, 880));
    }
}
