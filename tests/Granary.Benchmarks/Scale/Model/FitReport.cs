using System.Globalization;

namespace Granary.Benchmarks.Scale.Model;

/// <summary>Prints the fitted model, its residuals, and what it says of the cases that it was not fitted to.</summary>
internal static class FitReport
{
    /// <summary>The part of docs/scale.md that follows from the measurements.</summary>
    public static string Page(IReadOnlyList<Measurement> measured) => $"""
        {Tables(measured)}

        Residuals of the fit, in percent of the measured value:

        {Residuals(measured)}

        Cases that the model was not fitted to, the mean of two measurements each:

        {Checks(measured)}

        """;

    /// <summary>The coefficients with two standard errors.</summary>
    public static string Tables(IReadOnlyList<Measurement> measured)
    {
        var lines = new List<string> { "| quantity | for each | cost | ± | unit |", "| --- | --- | ---: | ---: | --- |" };
        foreach (var quantity in ScaleModel.Quantities)
        {
            var fit = quantity.Solve(measured);
            for (var i = 0; i < fit.Coefficients.Length; i++)
                lines.Add($"| {quantity.Name} | {quantity.Terms[i].Name} | {Digits(fit.Coefficients[i] * quantity.Scale)} | "
                    + $"{Digits(2 * fit.Errors[i] * quantity.Scale)} | {quantity.Unit} |");
        }
        return string.Join('\n', lines);
    }

    /// <summary>The table of the cases that the model was not fitted to.</summary>
    public static string Checks(IReadOnlyList<Measurement> measured)
    {
        var lines = new List<string>
        {
            "| silos | strategies | symbols | bars | quantity | measured | model | model ÷ measured |",
            "| ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |",
        };
        foreach (var quantity in ScaleModel.Quantities)
            foreach (var cases in measured.Where(m => m.Use == "check" && quantity.Uses(m))
                .GroupBy(m => (m.Silos, m.Strategies, m.Symbols, m.Bars)))
            {
                var fit = quantity.Solve(measured);
                var (was, said) = (cases.Average(quantity.Measured), cases.Average(m => fit.Predict(quantity.TermsOf(m))));
                lines.Add(string.Create(CultureInfo.InvariantCulture,
                    $"| {cases.Key.Silos} | {cases.Key.Strategies:N0} | {cases.Key.Symbols} | "
                    + $"{cases.Key.Bars:N0} | {quantity.Name} | {Digits(was)} | {Digits(said)} | {said / was:0.00} |"));
            }
        return string.Join('\n', lines);
    }

    /// <summary>Residuals of the fit, one row for each quantity.</summary>
    public static string Residuals(IReadOnlyList<Measurement> measured)
    {
        var lines = new List<string>
        {
            "| quantity | measurements | standard deviation | largest residual |", "| --- | ---: | ---: | ---: |",
        };
        foreach (var quantity in ScaleModel.Quantities)
        {
            var fit = quantity.Solve(measured);
            Measurement[] own = [.. measured.Where(m => m.Use == "fit" && quantity.Uses(m))];
            var most = own.Max(m => Math.Abs(quantity.Measured(m) - fit.Predict(quantity.TermsOf(m)))
                / Math.Max(quantity.Measured(m), quantity.Least));
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"| {quantity.Name} | {own.Length} | {100 * fit.Deviation:0} % | {100 * most:0} % |"));
        }
        return string.Join('\n', lines);
    }

    public static string Digits(double value)
    {
        if (value == 0) return "0";
        var digits = Math.Clamp(1 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 12);
        return Math.Round(value, digits).ToString($"N{digits}", CultureInfo.InvariantCulture);
    }
}
