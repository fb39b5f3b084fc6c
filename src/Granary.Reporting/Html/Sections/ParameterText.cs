using System.Globalization;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Converts a strategy's parameters to text and numbers.</summary>
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

    /// <summary>Converts a parameter to a number; NaN if it is not one.</summary>
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
