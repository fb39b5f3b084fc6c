using System.Globalization;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>A factor with its parameters, on the feed's own bars or on longer ones built from them.</summary>
public sealed class FactorRequest : IEquatable<FactorRequest>
{
    private readonly object[] _arguments;

    internal FactorRequest(FactorDefinition definition, object[] arguments, Timeframe? timeframe)
    {
        Definition = definition;
        _arguments = arguments;
        Timeframe = timeframe;
        Key = definition.Name + "(" + string.Join(',', arguments.Select(Text)) + ")" + (timeframe is { } t ? "@" + t : "");
    }

    public FactorDefinition Definition { get; }

    public IReadOnlyList<object> Arguments => _arguments;

    /// <summary>A longer timeframe whose last finished bar the value is of; null for the feed's own.</summary>
    public Timeframe? Timeframe { get; }

    /// <summary>The canonical text, as "macd(12,26,9)@1h": equal keys are computed once.</summary>
    public string Key { get; }

    /// <summary>The same factor on finished bars of a longer timeframe.</summary>
    public FactorRequest On(Timeframe timeframe) => new(Definition, _arguments, timeframe);

    /// <summary>A new kernel, ready for the first bar of <paramref name="series"/>.</summary>
    /// <param name="supply">
    /// Makes kernels that depend on more than their arguments, see <see cref="FactorPlan.Supply"/>; null where there are none.
    /// </param>
    /// <exception cref="InputException">The feed's bars are too long for it.</exception>
    public FactorKernel CreateKernel(MarketSeries series, Func<FactorRequest, FactorKernel?>? supply = null)
    {
        if (!ListingCursor.IsNeeded(series.Instrument)) return CreateFor(series, supply);
        // Prices that are divided by a ratio are not decimal.
        if (series.Instrument.Adjust == PriceAdjustment.Ratio)
            series = series with { Instrument = series.Instrument with { PriceDecimals = -1 } };
        var kernel = new RestartingKernel(() => CreateFor(series, supply));
        kernel.Begin(series);
        return kernel;
    }

    private FactorKernel CreateFor(MarketSeries series, Func<FactorRequest, FactorKernel?>? supply)
    {
        FactorKernel kernel;
        if (Timeframe is { } longer && longer != series.Timeframe)
        {
            if (!longer.IsMultipleOf(series.Timeframe))
                throw new InputException($"{Key}: {longer} bars cannot be built from {series.Timeframe} bars");
            var inner = supply?.Invoke(this) ?? Definition.Create(_arguments);
            inner.Begin(series with { Timeframe = longer });
            kernel = new HigherTimeframe(inner, longer, Definition.Lines.Count);
        }
        else
        {
            kernel = supply?.Invoke(this) ?? Definition.Create(_arguments);
        }
        kernel.Begin(series);
        return kernel;
    }

    public bool Equals(FactorRequest? other) => other is not null && other.Key == Key;

    public override bool Equals(object? obj) => Equals(obj as FactorRequest);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Key;

    private static string Text(object value) => value switch
    {
        string text => QuotedText.Quoted(text),
        Enum word => word.ToString().ToLowerInvariant(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
