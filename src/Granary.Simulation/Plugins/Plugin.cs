namespace Granary.Simulation.Plugins;

/// <summary>A plug-in: an assembly whose classes are in the catalogues.</summary>
/// <param name="Path">Full path of the DLL.</param>
/// <param name="ContentHash">SHA-256 of the DLL, lower-case hex.</param>
/// <param name="Entries">Kind and name of each entry, as "strategy" and "GoldenHour".</param>
public sealed record Plugin(string Path, string ContentHash, IReadOnlyList<(string Kind, string Name)> Entries)
{
    /// <summary>Returns the names of one kind.</summary>
    /// <param name="kind">Kind as in a catalogue: "strategy", "factor", "file format".</param>
    public IReadOnlyList<string> Names(string kind) => [.. Entries.Where(entry => entry.Kind == kind).Select(entry => entry.Name)];
}
