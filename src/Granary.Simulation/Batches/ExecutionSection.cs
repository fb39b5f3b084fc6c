using System.Text.Json;
using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads and writes the section <c>execution</c>: fills and costs of orders, in a batch file or production configuration.
/// </summary>
internal static class ExecutionSection
{
    /// <param name="part">null = the section is missing.</param>
    /// <param name="opensFiles">Whether the files of the batch are on this machine.</param>
    /// <param name="formats">The formats of typed tables.</param>
    /// <exception cref="InputException">A value, or a line of the table of margins, is invalid.</exception>
    public static ExecutionSpec Read(JsonPart? part, bool opensFiles, TableFormatCatalogue formats)
    {
        if (part is null) return new ExecutionSpec { Settings = new ExecutionSettings() };
        var keys = RecordKeys<ExecutionKeys>.Read(part);
        var costs = MeasuredSection.Read(keys, part, opensFiles);
        var settings = new ExecutionSettings
        {
            Fee = Fee(keys, part),
            Slippage = costs?.Slippage ?? Slippage(keys),
            Fill = keys.Fill,
            Intrabar = keys.Intrabar,
            ProtectFrom = keys.ProtectFrom,
            UsePath = keys.IntrabarPath is not null,
            LatencyBars = keys.LatencyBars,
            VolumeShare = (keys.VolumePercent ?? 0) / 100,
            EntryTimeInForce = keys.TimeInForce,
            BorrowFeeRate = keys.BorrowPercent / 100,
            BySymbol = keys.Symbols.ToDictionary(s => s.Key, s => CostsOf(s.Value.Over(keys), part, costs), StringComparer.Ordinal),
            MarginRate = keys.MarginRatePercent / 100,
            Leverage = keys.Leverage ?? 0,
            AtEnd = keys.AtEnd,
            Maintenance = keys.MaintenancePercent / 100,
            Margin = keys.Margin,
            LiquidationFeeRate = keys.LiquidationFeePercent / 100,
            MarginTiers = opensFiles ? Tiers(keys, part, formats) : new Dictionary<string, MarginTiers>(),
        };
        CheckMargin(keys, part);
        if (settings.MarginRate > 0 && settings.Leverage == 0)
            part.Need("marginRatePercent").Wrong("an account without 'leverage' has no margin loan; add it, or leave this out", 0);
        return new ExecutionSpec
        {
            Keys = costs is null ? keys : keys with { CostsHash = costs.Hash },
            Costs = costs,
            CommissionPercent = keys.Stress ? 2 * keys.CommissionPercent : keys.CommissionPercent,
            SlippagePercent = keys.Stress ? 2 * keys.SlippagePercent : keys.SlippagePercent,
            Stress = keys.Stress,
            PathTimeframe = keys.IntrabarPath is { } path && path != "auto" ? part.Need("intrabarPath").Timeframe() : null,
            Settings = keys.Stress ? settings.Stressed() : settings,
            Place = part,
        };
    }

    private static void CheckMargin(ExecutionKeys keys, JsonPart part)
    {
        if (keys.Margin != MarginMode.None) return;
        foreach (var name in (ReadOnlySpan<string>)["marginTiers", "liquidationFeePercent"])
            part.Find(name)?.Wrong("nothing is liquidated without 'margin'; "
                + "add \"margin\": \"isolated\" or \"cross\", or leave this out", 0);
    }

    private static IReadOnlyDictionary<string, MarginTiers> Tiers(ExecutionKeys keys, JsonPart part, TableFormatCatalogue formats)
    {
        IReadOnlyDictionary<string, MarginTiers> none = new Dictionary<string, MarginTiers>();
        if (keys.MarginTiers is not { } address || part.Need("marginTiers") is not { IsFaulty: false } place) return none;
        if (part.Find("maintenancePercent") is { } constant)
            constant.Wrong("'marginTiers' has the maintenance margins; leave one of them out", 0);
        if (address.Path is not { } path) return place.Wrong($"'{address}' is not a file; name a CSV file", none);
        try
        {
            var tiers = MarginTable.Read(path, address.Files, formats);
            foreach (var (symbol, table) in tiers)
                if (table.MostAt(Math.Max(1, keys.Leverage ?? 1)) == 0)
                    (part.Find("leverage") ?? place).Wrong(
                        FormattableString.Invariant($"{keys.Leverage} is above the greatest leverage of {path}")
                        + (symbol.Length > 0 ? " for " + symbol : "")
                        + FormattableString.Invariant($"; write at most {table[0].MaxLeverage}"), 0);
            return tiers;
        }
        catch (Exception e) when (e is BarDataException or BarStoreException)
        {
            return place.Wrong(e.Message, none, e);
        }
    }

    private static SymbolCosts CostsOf(ExecutionKeys keys, JsonPart part, UsedCosts? costs) =>
        new(Fee(keys, part), costs?.Slippage ?? Slippage(keys), keys.BorrowPercent / 100);

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
        // A trade crosses half of the spread.
        if (keys.SpreadPercent > 0) parts.Add(new PercentSlippage(keys.SpreadPercent / 2));
        return parts.Count switch { 0 => null, 1 => parts[0], _ => new CombinedSlippage(parts) };
    }

    /// <exception cref="InputException">Slippage is given in ticks, but the instrument's tick size is unknown.</exception>
    public static void CheckTick(ExecutionSpec spec, Instrument instrument)
    {
        if (spec.Place is not { } place) return;
        if (spec.Settings.For(instrument.Symbol).Slippage is { NeedsTick: true } && instrument.TickSize <= 0)
            throw (place.Find("symbols")?.Find(instrument.Symbol)?.Find("slippageTicks") ?? place.Need("slippageTicks"))
                .Fault($"the tick of {instrument.Symbol} is not known; write it into data.instruments, as "
                    + $"\"{instrument.Symbol}\": {{ \"tick\": 0.01 }}");
    }

    public static string Name(IntrabarRule rule) => rule == IntrabarRule.StopFirst ? "stop-first" : "target-first";

    /// <summary>Writes the section so that <see cref="Read"/> restores it. Costs that were left out are written as 0.</summary>
    public static void Write(Utf8JsonWriter json, ExecutionSpec spec) => RecordKeys<ExecutionKeys>.Write(json, spec.Keys);
}
