using System.Text.Json;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Strategies;

/// <summary>The catalogue's strategies against the same strategies run by backtrader.</summary>
public sealed class BacktraderStrategyTests
{
    public static MatrixTheoryData<(string Name, string Strategy), bool> Cases => new(
        [("sma_long_fixed", "SmaCross"), ("ema_cross_long", "EmaCross"), ("macd_cross_longshort", "MacdCross"),
            ("rsi_reversion", "RsiReversion")],
        SharedData.IsSynthetic);

    [Theory, MemberData(nameof(Cases))]
    public void A_strategy_trades_as_backtrader_does_to_the_last_trade((string Name, string Strategy) given, bool synthetic)
    {
        var oracle = BacktraderCase.Load(given.Name, synthetic);
        var spec = oracle.Spec;
        var definition = StrategyCatalogue.BuiltIn.Get(given.Strategy);
        var parameters =
            definition.Parameters.Where(p => spec.TryGetProperty(p.Name, out var value) && value.ValueKind == JsonValueKind.Number)
            .ToDictionary(p => p.Name, p => (object)spec.GetProperty(p.Name).GetDouble());
        var settings = new TradingSettings
        {
            Sides = spec.GetProperty("kind").GetString() == "ls" ? Sides.Both : Sides.Long,
            Size = spec.TryGetProperty("sizer", out var sizer)
                ? SizeRule.PercentOfEquity(sizer.GetProperty("percents").GetDouble())
                : SizeRule.Units(spec.GetProperty("size").GetDouble()),
        };
        var record = StrategyRunner.Run(definition.Create(parameters), oracle.Feed(oracle.Files[0]), settings,
            new ExecutionSettings { Fee = new PercentFee(0.1) });

        oracle.Agrees(record.Closed, oracle.Files[0]);
        BacktraderCase.Near(record.Result.Equity.Final, oracle.FinalValue, 1e-9, "final value");
    }
}
