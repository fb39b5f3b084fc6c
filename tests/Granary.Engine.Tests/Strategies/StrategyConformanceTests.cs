using System.Globalization;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Tests.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>What every strategy of the catalogue owes, whatever it does; a new one is held to it by being there.</summary>
public sealed class StrategyConformanceTests
{
    private static readonly TradingSettings Settings = new() { Size = SizeRule.PercentOfEquity(90), MaxOpenTrades = 2 };

    private static readonly ExecutionSettings Execution = new() { Fee = new PercentFee(0.05), Slippage = new PercentSlippage(0.01) };

    // A market around the clock, and one with hours and a night between.
    private static readonly IReadOnlyList<SampleBars.Feed>[] Markets =
    [
        [.. Enumerable.Range(0, 2).Select(s => SampleBars.Random(40 + s, 2500, Timeframe.M15).Named("R" + s))],
        [.. Enumerable.Range(0, 2).Select(s => Sessions(60 + s, 60).Named("N" + s))],
    ];

    public static TheoryData<string> Names =>
        [.. StrategyCatalogue.BuiltIn.All.Where(d => d.Type.Assembly == typeof(Strategy).Assembly).Select(d => d.Name)];

    private static SampleBars.Feed Sessions(int seed, int days)
    {
        var calendar = SessionCalendar.NewYork();
        var series = SampleBars.Series(Timeframe.M15, calendar: calendar);
        var random = new Random(seed);
        var bars = new List<Bar>();
        var price = 100.0;
        for (var date = new DateOnly(2024, 1, 2); bars.Count < days * 26; date = date.AddDays(1))
        {
            if (calendar.Session(date) is not { } session) continue;
            price *= 1 + 0.03 * (random.NextDouble() - 0.5);
            var drift = 0.004 * (random.NextDouble() - 0.5);
            for (var time = session.Open; time < session.Close; time += Timeframe.M15.Ticks)
            {
                var open = price;
                price *= 1 + drift + 0.004 * (random.NextDouble() - 0.5);
                var reach = 0.1 * random.NextDouble();
                // Now and then a bar is missing, the session's last too.
                if (random.Next(50) > 0) bars.Add(new Bar(time, open, Math.Max(open, price) + reach, Math.Min(open, price) - reach, price,
                    random.Next(1, 1000)));
            }
        }
        return new SampleBars.Feed(series, [.. bars]);
    }

    private static MultiSymbolRunner.Outcome Run(StrategyDefinition definition, IReadOnlyList<SampleBars.Feed> market,
        IReadOnlyDictionary<string, object>? named = null, int block = 512,
        TradingSettings? settings = null, ExecutionSettings? execution = null)
    {
        (settings, execution) = (settings ?? Settings, execution ?? Execution);
        var strategy = definition.Create(named ?? new Dictionary<string, object>());
        if (strategy is MultiSymbolStrategy multi)
            return MultiSymbolRunner.Run(multi, market, settings, execution, [block, block / 2 + 1], block);
        var record = StrategyRunner.Run(strategy, market[0], settings, execution, block);
        return new MultiSymbolRunner.Outcome(record.Result, [record]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_bars_give_equal_results_however_they_are_cut_and_some_market_is_traded(string name)
    {
        var definition = StrategyCatalogue.BuiltIn.Get(name);
        var trades = 0;
        foreach (var market in Markets)
        {
            var first = Run(definition, market);
            trades += first.Symbols.Sum(s => s.Trades.Count);
            foreach (var block in (int[])[512, 1, 7, 100, 4096])
            {
                var again = Run(definition, market, block: block);
                again.Result.ShouldBe(first.Result, $"blocks of {block}");
            }
        }
        trades.ShouldBeGreaterThan(name is "BuyAndHold" or "MonthlyRebalance" or "SymbolAllocation" ? 0 : 4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncating_the_future_leaves_signals_and_trades_of_before_unchanged(string name)
    {
        var definition = StrategyCatalogue.BuiltIn.Get(name);
        foreach (var market in Markets)
        {
            var whole = Run(definition, market);
            foreach (var share in (double[])[0.35, 0.7])
            {
                var end = market[0].Bars[(int)(market[0].Bars.Length * share)].Time;
                var cut = Run(definition, [.. market.Select(f => f with { Bars = [.. f.Bars.Where(b => b.Time < end)] })]);
                for (var s = 0; s < cut.Symbols.Count; s++)
                {
                    cut.Symbols[s].Signals.ShouldBe(whole.Symbols[s].Signals.Where(x => x.Time < end));
                    cut.Symbols[s].Closed.ShouldBe(whole.Symbols[s].Closed.Where(t => t.ExitTime < end));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Under_any_rules_of_the_batch_the_trades_explain_the_equity_and_the_sides_are_kept(string name)
    {
        var definition = StrategyCatalogue.BuiltIn.Get(name);
        foreach (var settings in (TradingSettings[])[
            Settings with { Sides = Sides.Long, StopLossPercent = 1, TakeProfitPercent = 2 },
            Settings with { Sides = Sides.Short, TrailingStopPercent = 1, MaxBars = 20 },
            Settings with { Size = SizeRule.Units(3), ExitOnSignal = false, StopLossPercent = 0.5, MaxOpenTrades = 5,
                ExitAt = new TimeOnly(15, 0) },
            Settings with { Size = new SizeRule(SizeKind.RiskPercent, 0.1), StopLossPercent = 1, MaxOpenTrades = 1 }])
            foreach (var execution in (ExecutionSettings[])[Execution with { Fill = FillTiming.SameClose },
                Execution with { ProtectFrom = ProtectFrom.NextBar, Intrabar = IntrabarRule.TargetFirst }])
                foreach (var market in Markets)
                {
                    var outcome = Run(definition, market, settings: settings, execution: execution);
                    var trades = outcome.Symbols.SelectMany(s => s.Trades.Concat(s.Parts)).ToList();
                    (settings.Cash + trades.Sum(t => t.NetProfit)).ShouldBe(outcome.Result.Equity.Final, 1e-8 * settings.Cash);
                    // Targets of a portfolio are netted by hand, beside the sides.
                    if (settings.Sides != Sides.Both && name is not ("MonthlyRebalance" or "SymbolAllocation"))
                        trades.ShouldAllBe(t => t.Side == (settings.Sides == Sides.Long ? Side.Buy : Side.Sell));
                }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_parameter_beyond_its_range_is_refused_and_one_at_its_end_runs(string name)
    {
        var definition = StrategyCatalogue.BuiltIn.Get(name);
        foreach (var parameter in definition.Parameters.Where(p => p.IsNumber))
        {
            foreach (var (value, beyond) in new[] { (parameter.Minimum, parameter.Minimum - 1),
                (parameter.Maximum, parameter.Maximum + 1) })
            {
                Should.Throw<InputException>(() => definition.Bind(new Dictionary<string, object> { [parameter.Name] = beyond }))
                    .Message.ShouldStartWith($"{name}: {parameter.Name} = {beyond.ToString(CultureInfo.InvariantCulture)} is out of range");
                var named = new Dictionary<string, object> { [parameter.Name] = value };
                try
                {
                    definition.Create(named);
                }
                catch (InputException e)
                {
                    // Allowed by itself but not beside the others' defaults: said in the strategy's words.
                    e.Message.ShouldStartWith(name + "(");
                    continue;
                }
                // Bars that are longer than what a factor asks for are refused before the first.
                var tooShort = name == "OpeningRangeBreakout" && value < 15;
                if (tooShort) Should.Throw<InputException>(() => Run(definition, Markets[0],
                    named)).Message.ShouldContain("needs bars of at most");
                else foreach (var market in Markets) Run(definition, market, named);
            }
        }
    }
}
