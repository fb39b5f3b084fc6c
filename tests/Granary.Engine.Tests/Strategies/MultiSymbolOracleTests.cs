using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Two symbols on one account against backtrader.</summary>
public sealed class MultiSymbolOracleTests
{
    private static readonly ExecutionSettings Execution = new() { Fee = new PercentFee(0.1) };

    /// <summary>A crossing of averages on every symbol, each in and out by itself.</summary>
    private sealed class CrossOnEach : MultiSymbolStrategy
    {
        private readonly Crossing _cross;

        public CrossOnEach(int fast, int slow) => _cross = Cross(Use("sma", fast), Use("sma", slow));

        public override void OnBar(MultiSymbolContext bar)
        {
            foreach (var symbol in bar.Symbols)
                if (symbol.Crossed(_cross) is var turn and not 0)
                    symbol.Go((Side)turn);
        }
    }

    public static TheoryData<bool> IsSynthetic => [.. SharedData.IsSynthetic];

    [Theory, MemberData(nameof(IsSynthetic))]
    public void Averages_cross_on_two_symbols_that_share_their_cash(bool synthetic)
    {
        var oracle = BacktraderCase.Load("multi_asset_sma", synthetic);
        var strategy = new CrossOnEach(oracle.Spec.GetProperty("fast").GetInt32(), oracle.Spec.GetProperty("slow").GetInt32());
        var outcome = MultiSymbolRunner.Run(strategy, [.. oracle.Files.Select(oracle.Feed)],
            new TradingSettings { Sides = Sides.Long, Size = SizeRule.Units(oracle.Spec.GetProperty("size").GetDouble()) }, Execution);

        for (var s = 0; s < oracle.Files.Count; s++) oracle.Agrees(outcome.Symbols[s].Closed, oracle.Files[s]);
        outcome.Result.Trades.Trades.ShouldBe(oracle.Json.GetProperty("trades").GetArrayLength());
        BacktraderCase.Near(outcome.Result.Equity.Final, oracle.FinalValue, 1e-9, "final value");
        outcome.Result.Equity.Count.ShouldBe(oracle.Json.GetProperty("bars").GetInt32());
    }

    [Theory, MemberData(nameof(IsSynthetic))]
    public void Two_symbols_are_put_back_to_their_weights_each_month(bool synthetic)
    {
        var oracle = BacktraderCase.Load("multi_asset_monthly_rebalance", synthetic);
        var weights = oracle.Spec.GetProperty("weights").EnumerateArray().Sum(w => w.GetDouble());
        var outcome = MultiSymbolRunner.Run(new MonthlyRebalance(weights * 100),
            [.. oracle.Files.Select(f => oracle.Feed(f).Named(f, lot: 1))], execution: Execution);

        BacktraderCase.Near(outcome.Result.Equity.Final, oracle.FinalValue, 1e-9, "final value");
        var drawdown = synthetic ? oracle.Json.GetProperty("max_drawdown_percent").GetDouble()
            : oracle.Json.GetProperty("analyzers").GetProperty("drawdown").GetProperty("max").GetProperty("drawdown").GetDouble();
        BacktraderCase.Near(outcome.Result.Equity.MaxDrawdown * 100, drawdown, 1e-9, "greatest drawdown");
        var sharpe = synthetic ? oracle.Json.GetProperty("sharpe_day_rf0_annualized_sample").GetDouble()
            : oracle.Json.GetProperty("analyzers").GetProperty("sharpe_day_rf0_annualized_sample").GetProperty("sharperatio").GetDouble();
        var sums = outcome.Result.Equity;
        var mean = sums.SumOfReturns / sums.Count;
        var deviation = Math.Sqrt((sums.SumOfSquares - sums.Count * mean * mean) / (sums.Count - 1));
        BacktraderCase.Near(mean / deviation * Math.Sqrt(252), sharpe, 1e-9, "Sharpe ratio of the daily equity");
    }
}
