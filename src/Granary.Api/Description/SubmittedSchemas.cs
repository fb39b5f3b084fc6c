using System.Text.Json.Nodes;
using Granary.Server.Jobs;

namespace Granary.Api.Description;

/// <summary>
/// The bodies, headers and answers that endpoints read and write themselves, from submitted.json, the keys of jobs, and the schema of
/// batch files, from docs/batch.schema.json.
/// </summary>
internal static class SubmittedSchemas
{
    private const string Batch = "BatchFile", Part = "BatchData";

    public static void Add(JsonObject document, JobCatalogue kinds)
    {
        var schemas = DocumentJson.Components(document, "schemas");
        AddBatch(schemas);
        var submitted = DocumentJson.Resource("submitted.json");
        foreach (var (name, schema) in submitted["schemas"]!.AsObject()) schemas[name] = schema!.DeepClone();
        AddJobs(schemas["JobRequest"]!["properties"]!.AsObject(), kinds);
        foreach (var (_, _, operation) in DocumentJson.Operations(document))
        {
            var id = (string)operation["operationId"]!;
            if (submitted["bodies"]![id] is JsonObject bodies)
            {
                var content = new JsonObject();
                foreach (var (type, schema) in bodies) content[type] = new JsonObject { ["schema"] = schema!.DeepClone() };
                operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content };
            }
            if (submitted["answers"]![id] is { } answer)
                operation["responses"]!["200"]!["content"]!["application/json"]!["schema"] = answer.DeepClone();
            if (submitted["bodyTexts"]![id] is { } text) operation["requestBody"]!["description"] = text.DeepClone();
            if (submitted["parameters"]![id] is not JsonArray more) continue;
            if (operation["parameters"] is not JsonArray parameters) operation["parameters"] = parameters = [];
            foreach (var parameter in more) parameters.Add(parameter!.DeepClone());
        }
    }

    // The keys of all kinds, each of the first kind that has it.
    private static void AddJobs(JsonObject properties, JobCatalogue kinds)
    {
        foreach (var key in kinds.Kinds.SelectMany(k => k.Keys).DistinctBy(k => k.Name))
        {
            var names = string.Join(", ", kinds.Kinds.Where(k => k.Keys.Any(other => other.Name == key.Name)).Select(k => k.Name));
            var schema = key.Offers == "batch" ? DocumentJson.Reference("schemas", Batch) : key.ToSchema();
            schema["description"] = $"For {names}: {key.Help}";
            properties[key.Name] = schema;
        }
    }

    // The parts of a source are sources themselves; the schema says so by a reference into itself.
    private static void AddBatch(JsonObject schemas)
    {
        var batch = DocumentJson.Resource("batch.schema.json");
        batch.Remove("$schema");
        var properties = batch["properties"]!.AsObject();
        var data = properties["data"]!.DeepClone();
        data["properties"]!["parts"]!["items"] = DocumentJson.Reference("schemas", Part);
        properties["data"] = DocumentJson.Reference("schemas", Part);
        (schemas[Part], schemas[Batch]) = (data, batch);
    }
}
