using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

/// <summary>Random strategies on random chains: an account is worth what the trades of each contract have brought.</summary>
public sealed class ChainPropertyTests
{
    private const int Cash = 1_000_000;

    // Reports every fill, since the fee of an order does not depend on its size.
    private static readonly ExecutionSettings Execution = new() { Fee = new FeeSchedule([new FeeTier(0, 0, 0)]) { PerOrder = 1.5 } };

    [Fact]
    public void Equity_is_the_sum_of_the_contracts_own_trades()
    {
        for (var seed = 0; seed < 500; seed++) Check(seed);
    }

    private static void Check(int seed)
    {
        var bars = RandomChain.Of(seed, out var instrument);
        var changes = instrument.Changes;
        var ledger = new ContractLedger(instrument);
        var settings = new TradingSettings
        {
            Cash = Cash,
            Size = SizeRule.Units(3),
            MaxOpenTrades = 1 + seed % 3,
            StopLossPercent = seed % 2,
            TrailingStopPercent = seed % 4 == 3 ? 1 : 0,
        };
        var result = SingleRun.Of(new RandomTrader(seed, byHand: seed % 2 == 0), new MarketSeries(instrument, Timeframe.M1), bars, settings,
            Execution, ledger, blockSize: 1 + seed % 200);
        var last = changes.At(bars[^1].Time);
        ledger.Positions.Where(p => p.Key != last).ShouldAllBe(p => Math.Abs(p.Value) < 1e-9, $"seed {seed}: nothing stays open");
        var value = ledger.Cash + ledger.Positions.GetValueOrDefault(last) * bars[^1].Close * instrument.Multiplier;
        result.Equity.Final.ShouldBe(Cash + value, 1e-6, $"seed {seed}");
        result.Equity.Final.ShouldBe(Cash + ledger.Net, 1e-6, $"seed {seed}: the rows of the trades");
        foreach (var trade in ledger.Rows)
            (trade.Profit - trade.RollProfit).ShouldBe(
                (int)trade.Side * (trade.ExitPrice - trade.EntryPrice) * trade.Quantity * instrument.Multiplier, 1e-6, $"seed {seed}");
    }

    [Fact]
    public void What_a_prefix_shows_never_changes()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var bars = RandomChain.Of(seed, out var instrument);
            var whole = SeenPrices.Of(instrument)?.Of(BarBlock.FromBars(0, bars));
            if (whole is null) continue;
            var count = new Random(seed).Next(1, bars.Length);
            var changes = instrument.Changes;
            var known = instrument with
            {
                Changes = new ListingChanges(changes.First, Enumerable.Range(0, changes.Count).Select(i => changes[i])
                    .Where(c => c.Time <= bars[count - 1].Time)),
            };
            var prefix = SeenPrices.Of(known)!.Of(BarBlock.FromBars(0, bars.AsSpan(0, count)));
            for (var i = 0; i < count; i++) prefix[i].ShouldBe(whole[i]);
        }
    }

    // Books what is reported by contract, as an account without chains would.
    private sealed class ContractLedger(Instrument instrument) : IRunListener
    {
        private readonly Dictionary<int, Side> _sides = [];

        public Dictionary<string, double> Positions { get; } = [];

        public double Cash { get; private set; }

        public List<Trade> Rows { get; } = [];

        public double Net => Rows.Sum(t => t.NetProfit);

        public RunEventKinds Kinds => RunEventKinds.All;

        public void On(in RunEvent e)
        {
            switch (e.Kind)
            {
                case RunEventKinds.Signal:
                    _sides[e.Number] = e.Signal.Side;
                    break;
                case RunEventKinds.Fill:
                    var fill = e.Fill;
                    Book(instrument.Changes.At(fill.Time), (fill.IsEntry ? 1 : -1) * (int)_sides[fill.Number] * fill.Quantity, fill.Price,
                        fill.Commission);
                    break;
                case RunEventKinds.Roll:
                    var (roll, change) = (e.Roll, instrument.Changes[e.Roll.Change]);
                    Book(change.From, -(int)roll.Side * roll.Quantity, roll.OldPrice, roll.Commission);
                    Book(change.To, (int)roll.Side * roll.Quantity, roll.NewPrice, 0);
                    break;
                case RunEventKinds.Trade or RunEventKinds.ClosedPart:
                    Rows.Add(e.Trade);
                    break;
            }
        }

        private void Book(string contract, double signed, double price, double fee)
        {
            Positions[contract] = Positions.GetValueOrDefault(contract) + signed;
            Cash -= signed * price * instrument.Multiplier + fee;
        }
    }
}
