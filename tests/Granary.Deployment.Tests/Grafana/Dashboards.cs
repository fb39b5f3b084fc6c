using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Deployment.Tests.Grafana;

/// <summary>The dashboards of deploy/grafana, as JSON.</summary>
internal static class Dashboards
{
    public static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, "deploy", "grafana");

    public static IReadOnlyList<JsonObject> All =>
        [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal)
            .Select(f => JsonNode.Parse(File.ReadAllText(f))!.AsObject())];

    /// <summary>The panels of a dashboard, without the headings of its groups.</summary>
    public static IEnumerable<JsonObject> PanelsOf(JsonObject dashboard) =>
        dashboard["panels"]!.AsArray().Select(p => p!.AsObject()).Where(p => (string)p["type"]! != "row");
}
