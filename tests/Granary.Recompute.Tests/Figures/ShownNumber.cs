using System.Text.RegularExpressions;

namespace Granary.Recompute.Tests.Figures;

/// <summary>A number as a page prints it, with the precision that its digits promise.</summary>
/// <param name="Value">A percentage as a fraction.</param>
/// <param name="Tolerance">Half a unit of the last digit shown, and a little more for the binary form.</param>
internal readonly partial record struct ShownNumber(double Value, double Tolerance)
{
    /// <summary>Reads the first number of a text such as <c>−7.04%</c>, <c>+8.26 pp</c>, <c>157,441</c>, <c>181 days</c> or <c>4.18M</c>;
    /// NaN for a dash, 0 for none.</summary>
    public static ShownNumber Parse(string text)
    {
        if (text is "none" or "same") return new(0, 0);
        var match = Number().Match(text.Replace('−', '-').Replace(",", "", StringComparison.Ordinal));
        if (!match.Success) return new(double.NaN, 0);
        var scale = match.Groups["unit"].Value switch { "%" or "pp" => 0.01, "k" => 1e3, "M" => 1e6, "B" => 1e9, "T" => 1e12, _ => 1.0 };
        if (match.Groups["exponent"] is { Success: true } exponent) scale *= Math.Pow(10, int.Parse(exponent.Value));
        var digits = match.Groups["fraction"].Length;
        return new(double.Parse(match.Groups["number"].Value) * scale, 0.5000001 * Math.Pow(10, -digits) * scale);
    }

    public bool Agrees(double expected) =>
        double.IsNaN(Value) || double.IsNaN(expected) ? double.IsNaN(Value) && !double.IsFinite(expected)
            : Math.Abs(Value - expected) <= Tolerance;

    private const string Pattern = @"(?<number>[+-]?(?:\d+|(?=\.\d))(?:\.(?<fraction>\d+))?)"
        + @"(?:E(?<exponent>[+-]\d+))?\s?(?<unit>%|pp|[kMBT](?![a-zA-Z]))?";

    [GeneratedRegex(Pattern, RegexOptions.None, 10_000)]
    private static partial Regex Number();
}
