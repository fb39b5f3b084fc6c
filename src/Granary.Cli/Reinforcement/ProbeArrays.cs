using System.Text.Json;
using Granary.Simulation.Json;

namespace Granary.Cli.Reinforcement;

/// <summary>Reads arrays of a JSON text and checks their sizes.</summary>
internal static class ProbeArrays
{
    public static double[] Numbers(JsonPart part, int count)
    {
        var items = Items(part, count);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = items[i].Number();
        return values;
    }

    /// <summary>Returns the items of a list and checks their number.</summary>
    public static IReadOnlyList<JsonPart> Items(JsonPart part, int count)
    {
        var items = part.List();
        return items.Count == count ? items : throw part.Fault($"the list has {items.Count} items, {count} are needed");
    }

    /// <summary>Reads numbers by step and environment, step by step; null becomes 0.</summary>
    public static void Fill(JsonPart part, int steps, int environments, double[] target)
    {
        var rows = Items(part, steps);
        for (var t = 0; t < steps; t++)
        {
            var items = Items(rows[t], environments);
            for (var e = 0; e < environments; e++)
                target[t * environments + e] = items[e].Kind == JsonValueKind.Null ? 0 : items[e].Number();
        }
    }

    /// <summary>Reads true, false, 1 or 0 by step and environment.</summary>
    public static void Fill(JsonPart part, int steps, int environments, bool[] target)
    {
        var rows = Items(part, steps);
        for (var t = 0; t < steps; t++)
        {
            var items = Items(rows[t], environments);
            for (var e = 0; e < environments; e++)
                target[t * environments + e] = items[e].Kind == JsonValueKind.Number ? items[e].Number(0, 1) == 1 : items[e].Bool();
        }
    }
}
