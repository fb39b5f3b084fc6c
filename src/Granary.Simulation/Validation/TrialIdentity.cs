using System.Globalization;
using System.Text;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Keys;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Validation;

/// <summary>What makes two trials the same.</summary>
public static class TrialIdentity
{
    /// <summary>
    /// Returns the text of a combination: class with the hash of its C# file, parameters, timeframe, trading settings, model and order
    /// execution. Its name and the trading costs are not part of it.
    /// </summary>
    /// <param name="model">Text of the model without its version; null without a model.</param>
    public static string Text(StrategyInstance instance, string? model, ExecutionSettings settings)
    {
        var parameters =
            string.Join(',', instance.Params.Select(p => $"{p.Name}={Convert.ToString(p.Value, CultureInfo.InvariantCulture)}"));
        var text = new StringBuilder(FormattableString.Invariant(
            $"{instance.Definition.Name}{CodeOf(instance)}({parameters})@{instance.Timeframe}"));
        foreach (var key in RecordKeys<TradingSettings>.All)
            if (!key.IsUsual(instance.Trading)) text.Append('|').Append(key.Name).Append(' ').Append(key.Identity(instance.Trading));
        return text.Append('|').Append(model).Append(RulesOf(settings)).ToString();
    }

    // A class of a C# file of the batch is another one as soon as its file differs.
    private static string CodeOf(StrategyInstance instance) =>
        CodeContext.SourceOf(instance.Definition.Type) is { } source ? $"#{source.Hash}" : "";

    // Settings of order execution and account that differ from the defaults.
    private static string RulesOf(ExecutionSettings settings)
    {
        var plain = new ExecutionSettings();
        var text = new StringBuilder();
        Add("fill", settings.Fill, plain.Fill);
        Add("latency", settings.LatencyBars, plain.LatencyBars);
        Add("leverage", settings.Leverage, plain.Leverage);
        Add("maintenance", settings.Maintenance, plain.Maintenance);
        Add("margin", settings.Margin, plain.Margin);
        Add("liquidation-fee", settings.LiquidationFeeRate, plain.LiquidationFeeRate);
        foreach (var (symbol, tiers) in settings.MarginTiers.OrderBy(t => t.Key, StringComparer.Ordinal))
            for (var i = 0; i < tiers.Count; i++)
                Add($"tier{(symbol.Length > 0 ? " " + symbol : "")}", tiers[i], default);
        Add("intrabar", settings.Intrabar, plain.Intrabar);
        Add("protect", settings.ProtectFrom, plain.ProtectFrom);
        return text.ToString();

        void Add<T>(string name, T value, T usual)
        {
            if (!EqualityComparer<T>.Default.Equals(value, usual)) text.Append(CultureInfo.InvariantCulture, $"|{name} {value}");
        }
    }

    /// <summary>
    /// Returns the hash of trading costs: those of several sample orders, so that the spelling in the batch file does not matter.
    /// </summary>
    public static ulong CostsOf(ExecutionSettings settings)
    {
        var text = new StringBuilder();
        AddCosts(text, settings);
        foreach (var symbol in settings.BySymbol.Keys.Order(StringComparer.Ordinal))
            AddCosts(text.Append('|').Append(symbol).Append('|'), settings.For(symbol));
        return (ulong)TrialLedger.HashOf(text.ToString());
    }

    // Of the sample orders.
    private static readonly Bar s_bar = new(0, 100, 101, 99, 100, 10_000);

    private static void AddCosts(StringBuilder text, ExecutionSettings settings)
    {
        foreach (var quantity in (double[])[1, 1_000, 1_000_000])
            foreach (var maker in (bool[])[false, true])
                text.Append(CultureInfo.InvariantCulture,
                    $"{settings.Fee.Fee(100, quantity, 1, maker):R}|"
                        + $"{settings.Slippage?.Slip(Side.Buy, 100, quantity, s_bar, 0.01) ?? 100:R}|");
        if (settings.Slippage is { } slippage && slippage.OfStops != slippage)
            foreach (var quantity in (double[])[1, 1_000, 1_000_000])
                text.Append(CultureInfo.InvariantCulture, $"{slippage.OfStops.Slip(Side.Sell, 100, quantity, s_bar, 0.01):R}|");
        text.Append(CultureInfo.InvariantCulture,
            $"{settings.BorrowFeeRate:R}|{settings.MarginRate:R}");
    }
}
