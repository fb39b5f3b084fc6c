global using Cells = System.Collections.Generic.Dictionary<string, Granary.Recompute.Tests.Pages.Cell>;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What a cell of a table must show: a number, to the precision of its digits, or a text.</summary>
internal readonly record struct Cell(double Number, string? Text)
{
    /// <summary>What is compared elsewhere, or says no figure.</summary>
    public static Cell Any { get; } = new(0, "*");

    public static implicit operator Cell(double number) => new(number, null);

    public static implicit operator Cell(string text) => new(double.NaN, text);

    /// <summary>A time as pages write it: the date alone at midnight.</summary>
    public static Cell Time(DateTime time) => time.TimeOfDay == TimeSpan.Zero ? $"{time:yyyy-MM-dd}" : $"{time:yyyy-MM-dd HH:mm}";

    public static Cell Date(DateTime time) => $"{time:yyyy-MM-dd}";
}
