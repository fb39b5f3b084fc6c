using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Costs;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads the measured costs of the section <c>execution</c>.</summary>
internal static class MeasuredSection
{
    // The keys that measured slippage replaces.
    private static readonly string[] s_assumed = ["slippagePercent", "slippageTicks", "slippageVolumeImpact", "spreadPercent"];

    /// <returns>Null without costs, if they are wrong, or if the files of the batch are elsewhere.</returns>
    public static UsedCosts? Read(ExecutionKeys keys, JsonPart part, bool opensFiles)
    {
        if (keys.Costs is not { } address)
        {
            foreach (var name in (ReadOnlySpan<string>)["at", "costsHash"])
                part.Find(name)?.Wrong("it is for measured costs; add \"costs\": \"costs.json\", or leave this out", 0);
            return null;
        }
        RefuseAssumed(part);
        foreach (var (_, symbol) in part.Find("symbols")?.Members ?? []) RefuseAssumed(symbol);
        if (!opensFiles || part.Need("costs") is not { IsFaulty: false } place) return null;
        if (address.Path is not { } path)
            return place.Wrong<UsedCosts?>($"'{address}' is not a file; name a file of 'granary costs fit'", null);
        try
        {
            var costs = CostFile.Read(path, address.Files);
            if (keys.CostsHash is { } hash && hash != costs.Hash)
                return place.Wrong<UsedCosts?>($"{path} has other costs than those that were tested (hash {costs.Hash}, and {hash} is "
                    + "needed); put that file back, or run the batch again", null);
            var (model, stops) = (CostFile.ModelOf(costs, keys.Fill), CostFile.StopModelOf(costs));
            var hasMeasures = new[] { model, stops }.Any(m => m is { Size: not null } or { Volatility: not null });
            return new UsedCosts(address.Written, costs.Hash, hasMeasures ? costs.Timeframe : null, model, keys.At)
            {
                Stops = stops,
                Slippage = new MeasuredSlippage(CostFile.MeasuredOf(model), keys.At == CostsAt.Upper)
                {
                    Stops = stops is null ? null : CostFile.MeasuredOf(stops),
                },
            };
        }
        catch (Exception e) when (e is InputException or BarDataException)
        {
            return place.Wrong<UsedCosts?>(e.Message, null, e);
        }
    }

    private static void RefuseAssumed(JsonPart part)
    {
        foreach (var name in s_assumed)
            if (part.Find(name) is { Kind: System.Text.Json.JsonValueKind.Number } assumed && assumed.Number() > 0)
                assumed.Wrong("'costs' has the measured slippage, which includes it; leave one of them out", 0);
    }

    /// <summary>Checks that the costs were measured on bars of the batch's timeframe.</summary>
    /// <exception cref="InputException">They were not.</exception>
    public static void CheckTimeframe(ExecutionSpec spec, Timeframe timeframe)
    {
        if (spec.Costs is not { Timeframe: { } measured } costs || measured == timeframe.ToString()) return;
        throw spec.Place!.Need("costs").Fault($"its size and range are those of {measured} bars, and a strategy trades {timeframe} bars; "
            + $"fit the costs on bars of {timeframe} ('granary costs fit … --timeframe {timeframe}'), "
            + $"or give the strategies {measured} bars");
    }
}
