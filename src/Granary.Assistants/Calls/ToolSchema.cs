using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Assistants.Calls;

/// <summary>Completes the JSON Schema of a tool's arguments that the framework makes of its parameters.</summary>
internal static class ToolSchema
{
    public static JsonElement Of(JsonElement made)
    {
        var schema = JsonNode.Parse(made.GetRawText())!.AsObject();
        schema["additionalProperties"] = false;
        foreach (var (_, value) in schema["properties"] as JsonObject ?? [])
            if (value is JsonObject property) Complete(property);
        return JsonSerializer.SerializeToElement(schema);
    }

    // Some clients and models read only one type for each argument, and need one.
    private static void Complete(JsonObject property)
    {
        if (property["type"] is JsonArray several)
            property["type"] = several.Select(t => t!.GetValue<string>()).First(t => t != "null");
        else if (property["type"] is null) property["type"] = "object";
        if (property.TryGetPropertyValue("default", out var value) && value is null) property.Remove("default");
        if (property["enum"] is JsonArray words)
            property["enum"] = new JsonArray([.. words.Where(w => w is not null).Select(w => w!.DeepClone())]);
    }
}
