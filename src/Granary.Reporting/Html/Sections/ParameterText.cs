using System.Globalization;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>A strategy's parameters as text and as numbers.</summary>
internal static class ParameterText
{
    public static string Of(StrategyEntry strategy) => string.Join(" · ", strategy.Params.Select(p => $"{p.Name} {Value(p.Value)}"));

    public static string Value(object value) => value switch
    {
        double d => NumberText.Price(d),
        float f => NumberText.Price(f),
        bool b => b ? "yes" : "no",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>NaN where it is no number.</summary>
    public static double Number(object value) => value switch
    {
        double d => d,
        float f => f,
        decimal m => (double)m,
        int i => i,
        long l => l,
        short s => s,
        byte b => b,
        _ => double.NaN,
    };
}
