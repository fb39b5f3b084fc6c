using System.Globalization;
using System.Text;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Keys;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Validation;

/// <summary>The identity of a trial: equal identities are the same trial.</summary>
internal static class TrialIdentity
{
    /// <summary>
    /// Returns the text of a combination: class with the hash of its C# file, parameters, timeframe, trading settings and model. Its name
    /// is not part of it. What surrounds it in the batch is <see cref="Around"/>.
    /// </summary>
    /// <param name="model">Text of the model without its version; null without a model.</param>
    public static string Text(StrategyInstance instance, string? model)
    {
        var parameters =
            string.Join(',', instance.Params.Select(p => $"{p.Name}={Convert.ToString(p.Value, CultureInfo.InvariantCulture)}"));
        var text = new StringBuilder(FormattableString.Invariant(
            $"{instance.Definition.Name}{CodeOf(instance)}({parameters})@{instance.Timeframe}"));
        foreach (var key in RecordKeys<TradingSettings>.All)
            if (!key.IsUsual(instance.Trading)) text.Append('|').Append(key.Name).Append(' ').Append(key.Identity(instance.Trading));
        return text.Append('|').Append(model).ToString();
    }

    /// <summary>
    /// Returns what else can change the result of a strategy on its bars: a hash of <see cref="ConfigurationText.Around"/>.
    /// </summary>
    /// <inheritdoc cref="ConfigurationText.Around"/>
    public static string Around(BatchSpec spec, IReadOnlyCollection<string> symbols, bool withLearning) =>
        TrialLedger.HashOf(ConfigurationText.Around(spec, symbols, withLearning)).ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Returns the hash of a strategy class.</summary>
    public static ulong IdeaOf(StrategyInstance instance) =>
        (ulong)TrialLedger.HashOf(instance.Definition.Name + CodeOf(instance));

    // A class of a C# file of the batch is another one as soon as its file differs.
    private static string CodeOf(StrategyInstance instance) =>
        CodeContext.SourceOf(instance.Definition.Type) is { } source ? $"#{source.Hash}" : "";

    /// <summary>
    /// Returns the hash of trading costs: the costs of several sample orders, so the spelling in the batch file does not matter.
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
