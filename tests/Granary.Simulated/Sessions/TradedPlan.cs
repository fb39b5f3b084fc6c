using System.Text;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;

namespace Granary.Simulated.Sessions;

/// <summary>What the sessions of a seed trade. The plans are shared by all seeds, since they do not change.</summary>
internal sealed class TradedPlan
{
    private static readonly string[] Texts =
    [
        """
        { "class": "SmaCross", "params": { "fast": 2, "slow": 7 }, "size": { "percentOfEquity": 20 } },
        { "class": "VolatilityBreakout", "params": { "period": 5, "multiplier": 0.5, "hold": 5 }, "size": { "percentOfEquity": 20 },
          "stopLossPercent": 1, "takeProfitPercent": 2, "exitOnSignal": false }
        """,
        """
        { "class": "DonchianBreakout", "params": { "period": 6, "exit": 3 }, "size": { "riskPercent": 0.5 }, "trailingStopPercent": 1 },
        { "class": "RsiReversion", "params": { "period": 4, "low": 35, "high": 65 }, "sides": "long", "size": { "cash": 10000 },
          "stopLossPercent": 2, "maxBars": 8, "entryOrder": "limit", "entryOffsetPercent": 0.1, "signalValid": "6h" }
        """,
    ];

    private static readonly Lazy<TradedPlan[]> Plans = new(() => [.. Texts.Select(t => new TradedPlan(t))]);

    private TradedPlan(string strategies)
    {
        var text = $$"""
            { "name": "live", "data": { "source": "csv:simulated", "symbols": ["AAA", "BBB"], "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 }, "strategies": [ {{strategies}} ],
              "portfolio": { "weights": "equal", "limits": { "maxPositions": 4, "maxGrossPercent": 60 } } }
            """;
        var spec = new BatchReader(Catalogues.Value).Read("live.json", Encoding.UTF8.GetBytes(text), Path.GetTempPath());
        // As in a production configuration.
        var weights = BatchPlan.Make(spec, spec.Data.Symbols).Instances.ToDictionary(i => i.Id, _ => 0.25, StringComparer.Ordinal);
        Spec = spec with { Portfolio = spec.Portfolio with { FixedWeights = weights } };
        Plan = BatchPlan.Make(Spec, Spec.Data.Symbols);
        Instruments = [.. Spec.Data.Symbols.Select(s => new Instrument { Symbol = s })];
        Markets = Instruments.ToDictionary(i => i.Symbol, i => new OpenedMarket(i.Symbol, null!, i), StringComparer.Ordinal);
    }

    private static Lazy<GranaryCatalogues> Catalogues { get; } = new(() => GranaryCataloguesBuilder.CreateDefault().Build());

    public static IReadOnlyList<TradedPlan> All => Plans.Value;

    public BatchSpec Spec { get; }

    public BatchPlan Plan { get; }

    public IReadOnlyList<Instrument> Instruments { get; }

    public IReadOnlyDictionary<string, OpenedMarket> Markets { get; }
}
