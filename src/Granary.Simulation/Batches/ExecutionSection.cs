using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads and writes the section <c>execution</c>: fills and costs of orders, in a batch file or production configuration.
/// </summary>
public static class ExecutionSection
{
    private static readonly string[] Keys =
    [
        "commissionPercent", "commissionMakerPercent", "commissionPerUnit", "commissionPerOrder", "commissionMinimum", "commissionTiers",
        "commissionTierDays",
        "slippagePercent", "slippageTicks", "slippageVolumeImpact", "fill", "intrabar", "intrabarPath", "protectFrom", "latencyBars",
        "volumePercent", "timeInForce", "borrowPercent", "marginRatePercent", "leverage", "maintenancePercent", "stress", "atEnd",
    ];

    /// <param name="part">null = the section is missing.</param>
    /// <exception cref="InputException">A value is invalid.</exception>
    public static ExecutionSpec Read(JsonPart? part)
    {
        if (part is null) return new ExecutionSpec { Settings = new ExecutionSettings() };
        part.Only(Keys);
        var percent = part.Find("commissionPercent")?.Number(-10, 50) ?? 0;
        var slippage = part.Find("slippagePercent")?.Number(0, 50) ?? 0;
        var settings = new ExecutionSettings
        {
            Fee = Fee(part, percent),
            Slippage = Slippage(part, slippage),
            Fill = part.Find("fill")?.Choice(("next-open", FillTiming.NextOpen), ("same-close", FillTiming.SameClose))
                ?? FillTiming.NextOpen,
            Intrabar = part.Find("intrabar")?.Choice(("stop-first", IntrabarRule.StopFirst), ("target-first", IntrabarRule.TargetFirst))
                ?? IntrabarRule.StopFirst,
            ProtectFrom = part.Find("protectFrom")?.Choice(("entry-bar", ProtectFrom.EntryBar), ("next-bar", ProtectFrom.NextBar))
                ?? ProtectFrom.EntryBar,
            UsePath = part.Find("intrabarPath") is not null,
            LatencyBars = part.Find("latencyBars")?.Whole(0, 1000) ?? 0,
            VolumeShare = (part.Find("volumePercent")?.Number(1e-9, 100) ?? 0) / 100,
            EntryTimeInForce = part.Find("timeInForce")?.Choice(("gtc", TimeInForce.GoodTillCancelled), ("day", TimeInForce.Day),
                ("ioc", TimeInForce.ImmediateOrCancel), ("fok", TimeInForce.FillOrKill)) ?? TimeInForce.GoodTillCancelled,
            BorrowFeeRate = (part.Find("borrowPercent")?.Number(0, 1000) ?? 0) / 100,
            MarginRate = (part.Find("marginRatePercent")?.Number(0, 1000) ?? 0) / 100,
            Leverage = part.Find("leverage")?.Number(1, 1000) ?? 0,
            AtEnd = part.Find("atEnd")?.Choice(("mark", AtEnd.Mark), ("close", AtEnd.Close)) ?? AtEnd.Mark,
            Maintenance = (part.Find("maintenancePercent")?.Number(0, 100) ?? 0) / 100,
        };
        if (settings.MarginRate > 0 && settings.Leverage == 0)
            part.Need("marginRatePercent").Wrong("an account without 'leverage' has no margin loan; add it, or leave this out", 0);
        var stress = part.Find("stress")?.Bool() ?? false;
        return new ExecutionSpec
        {
            CommissionPercent = stress ? 2 * Math.Max(percent, 0) : percent,
            SlippagePercent = stress ? 2 * slippage : slippage,
            Stress = stress,
            PathTimeframe = part.Find("intrabarPath") is { } path && path.String() != "auto" ? BatchReader.Timeframe(path) : null,
            Settings = stress ? settings.Stressed() : settings,
            Place = part,
        };
    }

    private static FeeModel Fee(JsonPart part, double percent)
    {
        var perUnit = part.Find("commissionPerUnit")?.Number(0, 1e9) ?? 0;
        var maker = part.Find("commissionMakerPercent")?.Number(-10, 50);
        var perOrder = part.Find("commissionPerOrder")?.Number(0, 1e9) ?? 0;
        var minimum = part.Find("commissionMinimum")?.Number(0, 1e9) ?? 0;
        var tiers = part.Find("commissionTiers");
        var days = part.Find("commissionTierDays");
        if (days is not null && tiers is null)
            days.Wrong("it says over how many days 'commissionTiers' count, and there are none; add them, or leave it out", 0);
        if (maker is null && perOrder == 0 && minimum == 0 && tiers is null)
        {
            if (perUnit == 0) return new PercentFee(percent);
            if (percent == 0) return new PerUnitFee(perUnit);
        }
        var steps = new List<FeeTier> { new(0, percent, maker ?? percent) };
        foreach (var tier in tiers?.List() ?? [])
        {
            tier.Only("from", "percent", "makerPercent");
            var from = tier.Need("from").Number(0, 1e18);
            var taker = tier.Need("percent").Number(-10, 50);
            if (from <= steps[^1].From)
            {
                tier.Need("from").Wrong("each tier starts above the one before it; the first, from 0, is commissionPercent and "
                    + "commissionMakerPercent", 0);
                continue;
            }
            steps.Add(new FeeTier(from, taker, tier.Find("makerPercent")?.Number(-10, 50) ?? taker));
        }
        return new FeeSchedule(steps, days?.Whole(1, 3660) ?? 30) { PerOrder = perOrder, PerUnit = perUnit, Minimum = minimum };
    }

    private static SlippageModel? Slippage(JsonPart part, double percent)
    {
        var ticks = part.Find("slippageTicks")?.Number(0, 10_000) ?? 0;
        var impact = part.Find("slippageVolumeImpact")?.Number(0, 1) ?? 0;
        List<SlippageModel> parts = [];
        if (percent > 0) parts.Add(new PercentSlippage(percent));
        if (ticks > 0) parts.Add(new TickSlippage(ticks));
        if (impact > 0) parts.Add(new VolumeShareSlippage(impact));
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
    public static void Write(Utf8JsonWriter json, ExecutionSpec spec)
    {
        var settings = spec.Settings;
        if (spec.Place?.Find("commissionPercent") is null) json.WriteNumber("commissionPercent", 0);
        if (spec.Place?.Find("slippagePercent") is null) json.WriteNumber("slippagePercent", 0);
        foreach (var (name, value) in spec.Place?.Members ?? [])
            if (name is not ("fill" or "intrabar" or "protectFrom"))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        json.WriteString("fill", settings.Fill == FillTiming.NextOpen ? "next-open" : "same-close");
        json.WriteString("intrabar", Name(settings.Intrabar));
        json.WriteString("protectFrom", settings.ProtectFrom == ProtectFrom.EntryBar ? "entry-bar" : "next-bar");
    }
}
