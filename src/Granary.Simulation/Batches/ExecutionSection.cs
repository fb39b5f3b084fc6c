using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads and writes the section <c>execution</c>: fills and costs of orders, in a batch file or production configuration.
/// </summary>
public static class ExecutionSection
{
    /// <param name="part">null = the section is missing.</param>
    /// <exception cref="InputException">A value is invalid.</exception>
    public static ExecutionSpec Read(JsonPart? part)
    {
        if (part is null) return new ExecutionSpec { Settings = new ExecutionSettings() };
        var keys = RecordKeys<ExecutionKeys>.Read(part);
        var settings = new ExecutionSettings
        {
            Fee = Fee(keys, part),
            Slippage = Slippage(keys),
            Fill = keys.Fill,
            Intrabar = keys.Intrabar,
            ProtectFrom = keys.ProtectFrom,
            UsePath = keys.IntrabarPath is not null,
            LatencyBars = keys.LatencyBars,
            VolumeShare = (keys.VolumePercent ?? 0) / 100,
            EntryTimeInForce = keys.TimeInForce,
            BorrowFeeRate = keys.BorrowPercent / 100,
            MarginRate = keys.MarginRatePercent / 100,
            Leverage = keys.Leverage ?? 0,
            AtEnd = keys.AtEnd,
            Maintenance = keys.MaintenancePercent / 100,
        };
        if (settings.MarginRate > 0 && settings.Leverage == 0)
            part.Need("marginRatePercent").Wrong("an account without 'leverage' has no margin loan; add it, or leave this out", 0);
        return new ExecutionSpec
        {
            Keys = keys,
            CommissionPercent = keys.Stress ? 2 * Math.Max(keys.CommissionPercent, 0) : keys.CommissionPercent,
            SlippagePercent = keys.Stress ? 2 * keys.SlippagePercent : keys.SlippagePercent,
            Stress = keys.Stress,
            PathTimeframe = keys.IntrabarPath is { } path && path != "auto" ? part.Need("intrabarPath").Timeframe() : null,
            Settings = keys.Stress ? settings.Stressed() : settings,
            Place = part,
        };
    }

    private static FeeModel Fee(ExecutionKeys keys, JsonPart part)
    {
        var (percent, maker) = (keys.CommissionPercent, keys.CommissionMakerPercent);
        if (keys.CommissionTierDays is not null && keys.CommissionTiers is null)
            part.Need("commissionTierDays").Wrong("it says over how many days 'commissionTiers' count, and there are none; add them, or "
                + "leave it out", 0);
        if (maker is null && keys.CommissionPerOrder == 0 && keys.CommissionMinimum == 0 && keys.CommissionTiers is null)
        {
            if (keys.CommissionPerUnit == 0) return new PercentFee(percent);
            if (percent == 0) return new PerUnitFee(keys.CommissionPerUnit);
        }
        var steps = new List<FeeTier> { new(0, percent, maker ?? percent) };
        foreach (var (tier, i) in (keys.CommissionTiers ?? []).Select((tier, i) => (tier, i)))
            if (tier.From > steps[^1].From) steps.Add(new FeeTier(tier.From, tier.Percent, tier.MakerPercent ?? tier.Percent));
            else
                part.Need("commissionTiers").Items[i].Need("from").Wrong("each tier starts above the one before it; the first, from 0, is "
                    + "commissionPercent and commissionMakerPercent", 0);
        return new FeeSchedule(steps, keys.CommissionTierDays ?? 30)
        {
            PerOrder = keys.CommissionPerOrder,
            PerUnit = keys.CommissionPerUnit,
            Minimum = keys.CommissionMinimum,
        };
    }

    private static SlippageModel? Slippage(ExecutionKeys keys)
    {
        List<SlippageModel> parts = [];
        if (keys.SlippagePercent > 0) parts.Add(new PercentSlippage(keys.SlippagePercent));
        if (keys.SlippageTicks > 0) parts.Add(new TickSlippage(keys.SlippageTicks));
        if (keys.SlippageVolumeImpact > 0) parts.Add(new VolumeShareSlippage(keys.SlippageVolumeImpact));
        return parts.Count switch { 0 => null, 1 => parts[0], _ => new CombinedSlippage(parts) };
    }

    /// <exception cref="InputException">Slippage is given in ticks, but the instrument's tick size is unknown.</exception>
    public static void CheckTick(ExecutionSpec spec, Instrument instrument)
    {
        if (spec.Place is not { } place) return;
        if (spec.Settings.Slippage is { NeedsTick: true } && instrument.TickSize <= 0)
            throw place.Need("slippageTicks")
                .Fault($"the tick of {instrument.Symbol} is not known; write it into data.instruments, as "
                    + $"\"{instrument.Symbol}\": {{ \"tick\": 0.01 }}");
    }

    public static string Name(IntrabarRule rule) => rule == IntrabarRule.StopFirst ? "stop-first" : "target-first";

    /// <summary>Writes the section so that <see cref="Read"/> restores it. Costs that were left out are written as 0.</summary>
    public static void Write(Utf8JsonWriter json, ExecutionSpec spec) => RecordKeys<ExecutionKeys>.Write(json, spec.Keys);
}
