using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Live;

/// <summary>The portfolio pass alone: strategies, signals, fills and closings as they come, on one thread, with all limits on.</summary>
internal static class PortfolioBenchmark
{
    private const int Members = 1000, Markets = 50, PerRow = 100;

    public static int Run(string[] arguments)
    {
        var signals = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        Pass(signals / 10, All);
        foreach (var (name, limits) in new[] { ("all limits, asked at the signal", All with { Enforce = LimitCheck.Signal }),
            ("all limits, at every bar", All) })
        {
            var best = double.MaxValue;
            var accepted = 0;
            for (var turn = 0; turn < 3; turn++)
            {
                var watch = Stopwatch.StartNew();
                accepted = Pass(signals, limits);
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"portfolio pass, {name}: {Members:N0} strategies, {Markets} markets, {signals:N0} signals, {accepted:N0} accepted, filled "
                    + $"and closed: {best * 1000:N0} ms, {signals / best / 1e6:0.00} million signals/s"));
        }
        return 0;
    }

    private static readonly PortfolioLimits All = new()
    {
        Rules =
        [
            ChosenRule.Of(() => new PositionLimit { MaxPositions = 60 }),
            ChosenRule.Of(() => new GrossLimit { MaxGrossPercent = 95 }),
            ChosenRule.Of(() => new NetLimit { MaxNetPercent = 60 }),
            ChosenRule.Of(() => new SymbolLimit { MaxSymbolPercent = 20 }),
            ChosenRule.Of(() => new StrategyLimit { MaxStrategyPercent = 10 }),
            ChosenRule.Of(() => new LeverageLimit { MaxLeverage = 1 }),
            ChosenRule.Of(() => new TurnoverLimit { MaxTurnoverPercent = 2000 }),
            ChosenRule.Of(() => new CorrelatedLimit { MaxCorrelatedPercent = 60, Correlation = 0.7 }),
            ChosenRule.Of(() => new GroupLimits
            {
                Groups = Enumerable.Range(0, 5).ToDictionary(g => $"sector {g}", g => new PortfolioGroup
                {
                    Symbols = [.. Enumerable.Range(0, 10).Select(i => $"M{g * 10 + i}")],
                    MaxPercent = 40,
                    MaxPositions = 20,
                }),
            }),
            ChosenRule.Of(() => new DrawdownLimit { MaxDrawdownPercent = 50, ResumeAfterDays = 5 }),
            ChosenRule.Of(() => new DailyLossLimit { DailyLossPercent = 10 }),
            ChosenRule.Of(() => new SymbolRestriction { RestrictedSymbols = ["M49"] }),
            ChosenRule.Of(() => new SymbolReservations
            {
                Reserved = new Dictionary<string, IReadOnlyList<string>> { ["M48"] = ["S1*"] },
            }),
        ],
        RiskPercent = 1,
        Days = 60,
        Enforce = LimitCheck.EveryBar,
    };

    private static int Pass(int signals, PortfolioLimits limits)
    {
        var instruments = Enumerable.Range(0, Markets).Select(i => new Instrument { Symbol = $"M{i}" }).ToList();
        var members = Enumerable.Range(0, Members).Select(i => new PortfolioMember($"S{i}", [i % Markets], 1) { Timeframe = Timeframe.H1 })
            .ToList();
        var run = new PortfolioRun(1_000_000, limits, instruments, members, new ExecutionSettings { Fee = new PercentFee(0.01) },
            enablement: new EnablementRule { By = EnablementScope.Both, MinProfitFactor = 0.1 });
        var random = new Random(1);
        var prices = new double[Markets];
        Array.Fill(prices, 100);
        var numbers = new int[Members];
        var open = new Queue<(int Row, int Member, int Number, Side Side, double Price)>();
        var waiting = new List<(int Member, int Number, Side Side)>();
        var accepted = 0;
        var start = new DateTime(2020, 1, 1).Ticks;
        for (var row = 0; row < signals / PerRow; row++)
        {
            var time = start + row * TimeSpan.TicksPerHour;
            for (var i = 0; i < Markets; i++)
            {
                prices[i] *= 1 + 0.01 * (random.NextDouble() - 0.4999);
                run.OnBar(i, Timeframe.H1, BarBlock.FromBars(row, [new Bar(time, prices[i], prices[i], prices[i], prices[i], 1e6)]), 0);
            }
            // Entries and exits of the row before fill at the opens.
            run.Process();
            foreach (var (member, number, side) in waiting) open.Enqueue((row, member, number, side, prices[member % Markets]));
            waiting.Clear();
            while (open.TryPeek(out var oldest) && oldest.Row <= row - 6)
            {
                open.Dequeue();
                var price = prices[oldest.Member % Markets];
                run.OnTrade(oldest.Member, new Trade(oldest.Number, oldest.Side, 100, time, time, oldest.Price, time, price,
                    (int)oldest.Side * (price - oldest.Price) * 100, (price + oldest.Price) * 0.01, 6, ExitReason.Signal, 0, 0));
            }
            run.Revalue(time);
            run.Trim(time);
            run.Revalue(time);
            foreach (var trade in open)
                if (trade.Row == row - 5)
                    run.OnExiting(trade.Member, new ExitingEvent(trade.Number, time));
            var first = row * PerRow % Members;
            for (var k = 0; k < PerRow; k++)
            {
                var member = first + k;
                var side = (row + k) % 3 == 0 ? Side.Sell : Side.Buy;
                var price = prices[member % Markets];
                if (run.OnSignal(member, new Signal(++numbers[member], time, side, OrderType.Market, price, 100,
                    price * (1 - (int)side * 0.02), 0, long.MaxValue)) != Decision.Accepted) continue;
                accepted++;
                waiting.Add((member, numbers[member], side));
            }
            run.Seal(time);
        }
        return accepted;
    }
}
