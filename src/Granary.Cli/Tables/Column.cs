namespace Granary.Cli.Tables;

/// <summary>A column of a table in the terminal.</summary>
/// <param name="Unit">The unit of its figures, such as %, bars or s; empty for texts and plain counts.</param>
/// <param name="IsNumber">Whether its cells are aligned right and never wrapped.</param>
internal sealed record Column(string Name, string Unit = "", bool IsNumber = false)
{
    public string Header => Unit.Length == 0 ? Name : $"{Name} ({Unit})";

    public static Column Text(string name) => new(name);

    public static Column Number(string name, string unit = "") => new(name, unit, IsNumber: true);
}
