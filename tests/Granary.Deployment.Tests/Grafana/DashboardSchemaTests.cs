using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;
using Json.Schema;

namespace Granary.Deployment.Tests.Grafana;

/// <summary>The dashboards against Grafana's own JSON schemas (folder jsonschema of grafana-foundation-sdk): no unknown key.</summary>
public class DashboardSchemaTests
{
    private const string Folder = "schemas/grafana";

    // The schemas name a value of any kind "object", such as the options of a matcher.
    private static JsonNode? Loose(JsonNode? node)
    {
        if (node is JsonArray list) return new JsonArray([.. list.Select(Loose)]);
        if (node is not JsonObject map) return node?.DeepClone();
        var isAny = (map["type"] as JsonValue)?.ToString() == "object" && map["additionalProperties"] is JsonObject { Count: 0 }
            && map["properties"] is null;
        return isAny ? new JsonObject() : new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Loose(p.Value))));
    }

    private static string[] Faults(string file, string definition, JsonNode document)
    {
        var node = Loose(JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.Require(Folder), file + ".jsonschema.json"))))!;
        node["$schema"] = $"{MetaSchemas.Draft7Id}";
        node["$ref"] = "#/definitions/" + definition;
        var schema = JsonSchema.FromText(node.ToJsonString(), new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        var results = schema.Evaluate(JsonSerializer.SerializeToElement(document),
            new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? []
            : [.. (results.Details ?? []).SelectMany(d => (d.Errors ?? []).Select(e => $"{d.InstanceLocation} {e.Value}"))];
    }

    private static IEnumerable<string> FaultsOf(JsonObject dashboard)
    {
        foreach (var fault in Faults("dashboard", "Dashboard", dashboard)) yield return fault;
        foreach (var panel in Dashboards.PanelsOf(dashboard))
        {
            var kind = (string)panel["type"]!;
            foreach (var fault in Faults(kind, "Options", panel["options"]!)) yield return $"{panel["title"]}: {fault}";
            foreach (var target in panel["targets"]!.AsArray())
                foreach (var fault in Faults("prometheus", "Dataquery", target!)) yield return $"{panel["title"]}: {fault}";
        }
    }

    [SharedFact]
    public void Each_dashboard_and_panel_fits_the_schemas_of_Grafana()
    {
        foreach (var dashboard in Dashboards.All) FaultsOf(dashboard).ShouldBeEmpty((string)dashboard["uid"]!);
    }

    [SharedFact]
    public void The_schemas_see_a_slip()
    {
        var dashboard = Dashboards.All[0];
        Dashboards.PanelsOf(dashboard).First()["gridpos"] = new JsonObject();
        FaultsOf(dashboard).ShouldNotBeEmpty();
    }
}
