using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Simulation.Json;

/// <summary>Converts numbers for JSON, which has neither NaN nor infinity.</summary>
internal static class JsonNumber
{
    /// <summary>Returns null for NaN and infinity.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <summary>Returns null if a node is not a number, such as an undefined value that is written by its name.</summary>
    public static double? Of(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}
