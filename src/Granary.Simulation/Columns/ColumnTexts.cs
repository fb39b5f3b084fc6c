using System.Text.Json;
using Granary.Engine.Market;
using Granary.Simulation.Json;

namespace Granary.Simulation.Columns;

/// <summary>Finds the further columns that the factors in a batch file name.</summary>
internal static class ColumnTexts
{
    /// <summary>The columns in the texts of a value and of all values in it, each once, in the order of the file.</summary>
    public static IReadOnlyCollection<string> In(JsonPart root)
    {
        var found = new List<string>();
        Add(root, found);
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    private static void Add(JsonPart part, List<string> found)
    {
        if (part.Kind == JsonValueKind.String) found.AddRange(FurtherNames.In(part.Text));
        foreach (var item in part.Items) Add(item, found);
        foreach (var (name, value) in part.Members)
        {
            found.AddRange(FurtherNames.In(name));
            Add(value, found);
        }
    }
}
