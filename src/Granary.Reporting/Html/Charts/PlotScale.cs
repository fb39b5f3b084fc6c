namespace Granary.Reporting.Html.Charts;

/// <summary>An axis of a plot with its labels: numbers, or names at 0, 1, 2, ….</summary>
/// <param name="Names">Labels of a scale without an order; null for numbers.</param>
/// <param name="Reversed">Whether the lowest value lies at the top or right.</param>
internal sealed record PlotScale(string Title, ValueAxis Axis, Func<double, string> Format, IReadOnlyList<string>? Names = null,
    bool Reversed = false)
{
    // Longer names are cut on an axis; a tooltip has the whole.
    private const int MostLetters = 9;

    /// <summary>A scale of names, each with the same room.</summary>
    public static PlotScale OfNames(string title, IReadOnlyList<string> names) =>
        new(title, new ValueAxis(-0.5, Math.Max(1, names.Count) - 0.5), v => names[(int)v], names);

    /// <summary>The relative position, 0 at the bottom or left.</summary>
    public double Share(double value) => Reversed ? 1 - Axis.Share(value) : Axis.Share(value);

    /// <summary>The vertical coordinate, 0 at the top.</summary>
    public double Y(double value, double height) => height * (1 - Share(value));

    /// <summary>Values to label with their texts, ascending.</summary>
    public IEnumerable<(double At, string Text)> Labels(int about) =>
        Names is null ? Axis.Ticks(about).Select(t => (t, Format(t))) : Names.Select((name, i) => ((double)i, Short(name)));

    private static string Short(string name) => name.Length <= MostLetters ? name : name[..(MostLetters - 1)] + "…";
}
