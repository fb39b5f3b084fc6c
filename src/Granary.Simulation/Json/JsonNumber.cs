using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Simulation.Json;

/// <summary>Numbers as JSON has them: it knows neither NaN nor infinity.</summary>
public static class JsonNumber
{
    /// <summary>Null for NaN and infinity.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <summary>Null where a node is no number: an undefined one is written by its name.</summary>
    public static double? Of(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}
